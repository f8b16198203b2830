using System.Formats.Cbor;
using Ailee.Vcp.Core.Cbor;

namespace Ailee.Vcp.Core.Cose;

/// <summary>A tagged COSE_Sign1 (RFC 9052 §4.2) with an attached payload and an empty unprotected header.</summary>
/// <param name="Protected">The serialized protected header map.</param>
/// <param name="Payload">The payload bytes.</param>
/// <param name="Signature">The signature, 64 bytes.</param>
public sealed record CoseSign1(ReadOnlyMemory<byte> Protected, ReadOnlyMemory<byte> Payload, ReadOnlyMemory<byte> Signature)
{
    private const ulong Tag = 18;

    /// <summary>The bytes that the signature covers: <c>["Signature1", protected, h'', payload]</c> (RFC 9052 §4.4).</summary>
    public byte[] ToBeSigned() => ToBeSigned(Protected, Payload);

    /// <summary>The tagged serialization; its first byte is 0xd2.</summary>
    public byte[] Encode() => CborWriting.Encode(this, static (writer, envelope) =>
    {
        writer.WriteTag((CborTag)Tag);
        writer.WriteStartArray(4);
        writer.WriteByteString(envelope.Protected.Span);
        writer.WriteStartMap(0);
        writer.WriteEndMap();
        writer.WriteByteString(envelope.Payload.Span);
        writer.WriteByteString(envelope.Signature.Span);
        writer.WriteEndArray();
    });

    /// <summary>Signs a payload under a protected header.</summary>
    public static CoseSign1 Sign(SigningKey key, ReadOnlyMemory<byte> protectedHeader, ReadOnlyMemory<byte> payload) =>
        new(protectedHeader, payload, key.Sign(ToBeSigned(protectedHeader, payload)));

    internal static CoseSign1 Read(ReadOnlyMemory<byte> data)
    {
        var reader = new ShapeReader(data, "statement");
        reader.Tag(Tag);
        reader.Array(4, "COSE_Sign1");
        var protectedHeader = reader.Bytes("the protected header");
        reader.Map(0, "the unprotected header");
        reader.EndMap();
        var payload = reader.Bytes("the payload");
        var signature = reader.Bytes("the signature", SigningKey.SignatureSizeBytes);
        reader.EndArray();
        return new CoseSign1(protectedHeader, payload, signature);
    }

    private static byte[] ToBeSigned(ReadOnlyMemory<byte> protectedHeader, ReadOnlyMemory<byte> payload) =>
        CborWriting.Encode((protectedHeader, payload), static (writer, parts) =>
        {
            writer.WriteStartArray(4);
            writer.WriteTextString("Signature1");
            writer.WriteByteString(parts.protectedHeader.Span);
            writer.WriteByteString([]);
            writer.WriteByteString(parts.payload.Span);
            writer.WriteEndArray();
        });
}
