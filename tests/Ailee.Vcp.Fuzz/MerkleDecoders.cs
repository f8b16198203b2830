using System.Buffers.Binary;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Log;
using Ailee.Vcp.Core.Merkle;

namespace Ailee.Vcp.Fuzz;

/// <summary>
/// Proofs of the log, as whoever follows it gets them: two numbers and a path, here simply one after the other. A proof that was changed must not be
/// borne out by the roots that the log has.
/// </summary>
internal static class MerkleDecoders
{
    private const int Leaves = 300;

    private static readonly List<Digest> Log = [.. Enumerable.Range(0, Leaves).Select(index => LogEntry.LeafHash(Digest.Of([(byte)index, (byte)(index >> 8)])))];
    private static readonly Digest[] Roots = [.. Enumerable.Range(0, Leaves + 1).Select(size => MerkleTree.Root(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(Log)[..size]))];

    public static Decoder Inclusion()
    {
        var samples = new[] { (0, 1), (0, 2), (5, 8), (6, 7), (254, 255), (255, 300), (299, 300) }
            .Select(place => InclusionProof.Create(Log[..place.Item2], place.Item1))
            .Select(proof => Bytes(proof.Index, proof.Size, proof.Path));
        return new Decoder("inclusion proof", [.. samples], bytes =>
        {
            var (index, size, path) = Read(bytes);
            var proof = new InclusionProof(index, size, path);
            // The reader knows the leaf, the size and its root from a checkpoint.
            var isShown = size is > 0 and <= Leaves && Log.Exists(leaf => proof.Verify(leaf, Roots[size]));
            return !isShown ? Verdict.Of(false)
                : index is >= 0 and < Leaves && proof.Verify(Log[(int)index], Roots[size]) && Bytes(index, size, InclusionProof.Create(Log[..(int)size], (int)index).Path).AsSpan().SequenceEqual(Trimmed(bytes)) ? Verdict.Of(true)
                : new Verdict.Wrong("it shows a leaf at another place");
        });
    }

    public static Decoder Consistency()
    {
        var samples = new[] { (1, 2), (3, 7), (4, 8), (128, 300), (255, 256), (299, 300), (300, 300) }.Select(sizes => Bytes(sizes.Item1, sizes.Item2, Path(sizes.Item1, sizes.Item2)));
        return new Decoder("consistency proof", [.. samples], bytes =>
        {
            var (from, to, path) = Read(bytes);
            if (from is < 0 or > Leaves || to is < 0 or > Leaves)
            {
                // Sizes of no checkpoint: nothing but an answer is asked for.
                return Verdict.Of(new ConsistencyProof(from, to, path).Verify(Roots[1], Roots[2]) && false);
            }

            var proof = new ConsistencyProof(from, to, path);
            // A log of the size that was rewritten in one leaf.
            var other = Log[..(int)to];
            if (to > 0)
            {
                other[0] = Digest.Of("other"u8);
            }

            var forged = MerkleTree.Root(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(other));
            return from > 0 && proof.Verify(Roots[from], forged) ? new Verdict.Wrong("it shows that a rewritten log is the same")
                : Verdict.Of(proof.Verify(Roots[from], Roots[to]));
        });
    }

    // RFC 9162 §2.1.4.1, as it is written there.
    private static List<Digest> Path(int from, int to)
    {
        return from == to ? [] : SubProof(from, 0, to, true);

        static List<Digest> SubProof(int m, int start, int n, bool isWhole)
        {
            if (m == n)
            {
                return isWhole ? [] : [Root(start, n)];
            }

            var k = (int)(System.Numerics.BitOperations.RoundUpToPowerOf2((uint)n) / 2);
            return m <= k ? [.. SubProof(m, start, k, isWhole), Root(start + k, n - k)] : [.. SubProof(m - k, start + k, n - k, false), Root(start, k)];
        }

        static Digest Root(int start, int count) => MerkleTree.Root(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(Log).Slice(start, count));
    }

    private static byte[] Bytes(long one, long other, IReadOnlyList<Digest> path)
    {
        var bytes = new byte[2 * sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(bytes, one);
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(sizeof(long)), other);
        return [.. bytes, .. path.SelectMany(hash => hash.ToArray())];
    }

    private static byte[] Trimmed(byte[] bytes) => bytes[..(bytes.Length - (bytes.Length % Digest.SizeBytes) + (2 * sizeof(long)) is var whole && whole <= bytes.Length ? whole : whole - Digest.SizeBytes)];

    private static (long One, long Other, List<Digest> Path) Read(byte[] bytes)
    {
        if (bytes.Length < 2 * sizeof(long))
        {
            return (-1, -1, []);
        }

        var path = new List<Digest>();
        for (var at = 2 * sizeof(long); at + Digest.SizeBytes <= bytes.Length; at += Digest.SizeBytes)
        {
            path.Add(new Digest(bytes.AsSpan(at, Digest.SizeBytes)));
        }

        return (BinaryPrimitives.ReadInt64BigEndian(bytes), BinaryPrimitives.ReadInt64BigEndian(bytes.AsSpan(sizeof(long))), path);
    }
}
