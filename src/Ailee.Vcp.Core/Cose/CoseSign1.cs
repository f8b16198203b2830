using System.Formats.Cbor;
using Ailee.Vcp.Core.Cbor;

namespace Ailee.Vcp.Core.Cose;

/// <summary>A tagged COSE_Sign1 (RFC 9052 §4.2).</summary>
/// <param name="Protected">The serialized protected header map.</param>
/// <param name="Payload">The payload bytes.</param>
/// <param name="Signature">The signature, 64 bytes.</param>
public sealed record CoseSign1(ReadOnlyMemory<byte> Protected, ReadOnlyMemory<byte> Payload, ReadOnlyMemory<byte> Signature)
{
    private const ulong Tag = 18;

    /// <summary>The bytes that the signature covers: <c>["Signature1", protected, h'', payload]</c> (RFC 9052 §4.4).</summary>
    public byte[] ToBeSigned() => CborWriting.Encode(this, static (writer, envelope) =>
    {
        writer.WriteStartArray(4);
        writer.WriteTextString("Signature1");
        writer.WriteByteString(envelope.Protected.Span);
        writer.WriteByteString([]);
        writer.WriteByteString(envelope.Payload.Span);
        writer.WriteEndArray();
    });

    /// <summary>The tagged serialization with the payload and an empty unprotected header; its first byte is 0xd2.</summary>
    public byte[] Encode() => Encode(static writer =>
    {
        writer.WriteStartMap(0);
        writer.WriteEndMap();
    });

    /// <summary>Signs a payload under a protected header.</summary>
    public static CoseSign1 Sign(SigningKey key, ReadOnlyMemory<byte> protectedHeader, ReadOnlyMemory<byte> payload)
    {
        var unsigned = new CoseSign1(protectedHeader, payload, default);
        return unsigned with { Signature = key.Sign(unsigned.ToBeSigned()) };
    }

    internal byte[] Encode(Action<CborWriter> writeUnprotected, bool detached = false) => CborWriting.Encode((Envelope: this, writeUnprotected, detached), static (writer, parts) =>
    {
        writer.WriteTag((CborTag)Tag);
        writer.WriteStartArray(4);
        writer.WriteByteString(parts.Envelope.Protected.Span);
        parts.writeUnprotected(writer);
        if (parts.detached)
        {
            writer.WriteNull();
        }
        else
        {
            writer.WriteByteString(parts.Envelope.Payload.Span);
        }

        writer.WriteByteString(parts.Envelope.Signature.Span);
        writer.WriteEndArray();
    });

    internal static CoseSign1 Read(ReadOnlyMemory<byte> data)
    {
        var reader = new ShapeReader(data, "statement");
        return Read(reader, () =>
        {
            reader.Map(0, "the unprotected header");
            reader.EndMap();
        });
    }

    /// <summary>Reads an envelope whose unprotected header the caller reads. The payload of a detached one is empty.</summary>
    internal static CoseSign1 Read(ShapeReader reader, Action readUnprotected, bool detached = false)
    {
        reader.Tag(Tag);
        reader.Array(4, "COSE_Sign1");
        var protectedHeader = reader.Bytes("the protected header");
        readUnprotected();
        if (detached && !reader.TryNull())
        {
            throw reader.Wrong("the payload must be null.");
        }

        var payload = detached ? default : reader.Bytes("the payload");
        var signature = reader.Bytes("the signature", SigningKey.SignatureSizeBytes);
        reader.EndArray();
        return new CoseSign1(protectedHeader, payload, signature);
    }
}
