using System.Security.Cryptography;

namespace Ailee.Vcp.Core;

/// <summary>SHA-256 of short inputs. A hash object kept for each thread costs two thirds of a one-shot call, which makes one every time.</summary>
internal static class Sha256
{
    [ThreadStatic]
    private static IncrementalHash? _hash;

    /// <summary>The hash of the parts, one after the other.</summary>
    public static Digest Of(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second = default)
    {
        var hash = _hash ??= IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(first);
        if (!second.IsEmpty)
        {
            hash.AppendData(second);
        }

        Span<byte> result = stackalloc byte[Digest.SizeBytes];
        hash.GetHashAndReset(result);
        return new Digest(result);
    }
}
