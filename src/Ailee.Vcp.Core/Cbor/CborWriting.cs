using System.Formats.Cbor;

namespace Ailee.Vcp.Core.Cbor;

/// <summary>Writing in the deterministic encoding: shortest numbers, definite lengths, map keys in the order that the caller gives.</summary>
public static class CborWriting
{
    private const int MaxKeptBytes = 64 * 1024;

    [ThreadStatic]
    private static CborWriter? _free;

    /// <summary>Encodes one item. The callback must write map keys in ascending bytewise order, none twice.</summary>
    public static byte[] Encode<TState>(TState state, Action<CborWriter, TState> write)
    {
        // Lax: the writer's own check of keys would cost more than the signature's share of a statement, and tests hold every
        // encoder's bytes against DeterministicCbor. The writer is taken while in use, so that encoders may nest.
        var writer = _free ?? new CborWriter(CborConformanceMode.Lax, initialCapacity: 1024);
        _free = null;
        try
        {
            write(writer, state);
            return writer.Encode();
        }
        finally
        {
            var large = writer.BytesWritten > MaxKeptBytes;
            writer.Reset();
            _free = large ? null : writer;
        }
    }

    /// <summary>Writes the 32 bytes of a digest.</summary>
    public static void WriteDigest(this CborWriter writer, Digest digest)
    {
        Span<byte> bytes = stackalloc byte[Digest.SizeBytes];
        digest.CopyTo(bytes);
        writer.WriteByteString(bytes);
    }
}
