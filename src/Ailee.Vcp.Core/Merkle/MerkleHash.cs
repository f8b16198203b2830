using System.Buffers;
using System.Security.Cryptography;

namespace Ailee.Vcp.Core.Merkle;

/// <summary>The hashes of RFC 9162 §2.1.1: leaves are prefixed 0x00, nodes 0x01, the empty tree is the hash of nothing.</summary>
public static class MerkleHash
{
    /// <summary>Root of the tree without leaves.</summary>
    public static Digest Empty { get; } = Digest.Of([]);

    /// <summary>Hash of a leaf: SHA-256(0x00 ‖ data).</summary>
    public static Digest Leaf(ReadOnlySpan<byte> data)
    {
        const int StackLimit = 1024;
        var length = data.Length + 1;
        var rented = length > StackLimit ? ArrayPool<byte>.Shared.Rent(length) : null;
        var buffer = rented is null ? stackalloc byte[StackLimit] : rented;
        buffer[0] = 0x00;
        data.CopyTo(buffer[1..]);
        Span<byte> hash = stackalloc byte[Digest.SizeBytes];
        SHA256.HashData(buffer[..length], hash);
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }

        return new Digest(hash);
    }

    /// <summary>Hash of an inner node: SHA-256(0x01 ‖ left ‖ right).</summary>
    public static Digest Node(Digest left, Digest right)
    {
        Span<byte> buffer = stackalloc byte[1 + (2 * Digest.SizeBytes)];
        buffer[0] = 0x01;
        left.CopyTo(buffer[1..]);
        right.CopyTo(buffer[(1 + Digest.SizeBytes)..]);
        return Digest.Of(buffer);
    }
}
