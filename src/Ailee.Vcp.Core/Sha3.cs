using System.Security.Cryptography;

namespace Ailee.Vcp.Core;

/// <summary>SHA3-256 of short inputs, with a hash object for each thread as in <see cref="Sha256"/>.</summary>
internal static class Sha3
{
    [ThreadStatic]
    private static IncrementalHash? _hash;

    /// <summary>The hash of the parts, one after the other.</summary>
    /// <exception cref="PlatformNotSupportedException">This machine does not have it.</exception>
    public static Digest Of(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second = default)
    {
        var hash = _hash ??= IncrementalHash.CreateHash(HashAlgorithmName.SHA3_256);
        hash.AppendData(first);
        hash.AppendData(second);
        Span<byte> result = stackalloc byte[Digest.SizeBytes];
        hash.GetHashAndReset(result);
        return new Digest(result);
    }
}
