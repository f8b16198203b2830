using System.Formats.Cbor;

namespace Ailee.Vcp.Core.Cbor;

/// <summary>Writing in the deterministic encoding: strict mode, definite lengths, keys in the order that the caller gives.</summary>
internal static class CborWriting
{
    /// <summary>Encodes one item. The callback must write map keys in ascending bytewise order.</summary>
    public static byte[] Encode(int capacity, Action<CborWriter> write)
    {
        var writer = new CborWriter(CborConformanceMode.Strict, initialCapacity: capacity);
        write(writer);
        return writer.Encode();
    }

    public static void WriteDigest(this CborWriter writer, Digest digest)
    {
        Span<byte> bytes = stackalloc byte[Digest.SizeBytes];
        digest.CopyTo(bytes);
        writer.WriteByteString(bytes);
    }
}
