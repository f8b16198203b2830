using Ailee.Vcp.Core.Cbor;
using Ailee.Vcp.Core.Cose;
using Ailee.Vcp.Core.Tests.Cbor;

namespace Ailee.Vcp.Core.Tests.Cose;

public sealed class CoseSign1Tests
{
    private static readonly byte[] Header = RawCbor.Map((RawCbor.Integer(1), RawCbor.Integer(-8)));
    private static readonly byte[] Payload = "payload"u8.ToArray();
    private static readonly byte[] Signature = [.. Enumerable.Range(0, 64).Select(value => (byte)value)];

    [Fact]
    public void ToBeSigned_HeaderAndPayload_IsTheSigStructure()
    {
        var expected = RawCbor.Array(RawCbor.Text("Signature1"), RawCbor.Bytes(Header), RawCbor.Bytes([]), RawCbor.Bytes(Payload));

        Assert.Equal(expected, new CoseSign1(Header, Payload, Signature).ToBeSigned());
    }

    [Fact]
    public void Encode_AnyEnvelope_IsTaggedWithEmptyUnprotectedHeader()
    {
        var encoded = new CoseSign1(Header, Payload, Signature).Encode();

        Assert.Equal(Envelope(), encoded);
        Assert.Equal(0xd2, encoded[0]);
    }

    [Fact]
    public void Sign_HeaderAndPayload_VerifiesOverTheSigStructure()
    {
        using var key = SigningKey.Create();

        var envelope = CoseSign1.Sign(key, Header, Payload);

        Assert.True(key.PublicKey.Verify(envelope.ToBeSigned(), envelope.Signature.Span));
        Assert.False(key.PublicKey.Verify(Payload, envelope.Signature.Span));
    }

    // Moving bytes over the border between header and payload must change what is signed.
    [Fact]
    public void ToBeSigned_BorderMoved_Differs()
    {
        var early = new CoseSign1("a"u8.ToArray(), "bc"u8.ToArray(), Signature);
        var late = new CoseSign1("ab"u8.ToArray(), "c"u8.ToArray(), Signature);

        Assert.NotEqual(early.ToBeSigned(), late.ToBeSigned());
    }

    [Fact]
    public void Read_Envelope_GivesItsParts()
    {
        var envelope = CoseSign1.Read(Envelope());

        Assert.Equal(Header, envelope.Protected.ToArray());
        Assert.Equal(Payload, envelope.Payload.ToArray());
        Assert.Equal(Signature, envelope.Signature.ToArray());
        Assert.Equal(Envelope(), envelope.Encode());
    }

    public static TheoryData<string, string> OtherShapes
    {
        get
        {
            var (header, none) = (RawCbor.Bytes(Header), RawCbor.EmptyMap);
            var (payload, signature) = (RawCbor.Bytes(Payload), RawCbor.Bytes(Signature));
            var array = RawCbor.Array(header, none, payload, signature);
            return new()
            {
                { "untagged", Hex(array) },
                { "tagged as COSE_Sign", Hex(RawCbor.Tag(98, array)) },
                { "tagged as COSE_Mac0", Hex(RawCbor.Tag(17, array)) },
                { "tagged as a CWT", Hex(RawCbor.Tag(61, RawCbor.Tag(18, array))) },
                { "tagged twice", Hex(RawCbor.Tag(18, RawCbor.Tag(18, array))) },
                { "an unprotected header", Tagged(header, RawCbor.Map((RawCbor.Integer(4), RawCbor.Bytes([1]))), payload, signature) },
                { "an unprotected header in bytes", Tagged(header, RawCbor.Bytes([0xa0]), payload, signature) },
                { "a detached payload", Tagged(header, none, RawCbor.Null, signature) },
                { "three elements", Tagged(header, none, payload) },
                { "five elements", Tagged(header, none, payload, signature, RawCbor.Null) },
                { "a header that is a map", Tagged(Header, none, payload, signature) },
                { "a payload that is text", Tagged(header, none, RawCbor.Text("payload"), signature) },
                { "a short signature", Tagged(header, none, payload, RawCbor.Bytes(Signature.AsSpan(1))) },
                { "no signature", Tagged(header, none, payload, RawCbor.Bytes([])) },
                { "an integer", "00" },
            };
        }
    }

    [Theory]
    [MemberData(nameof(OtherShapes))]
    public void Read_OtherShape_IsRefused(string name, string hex)
    {
        Assert.NotEmpty(name);

        var exception = Assert.Throws<CborShapeException>(() => CoseSign1.Read(Convert.FromHexString(hex)));

        Assert.Equal(CborFaultKind.WrongShape, exception.Fault.Kind);
    }

    private static byte[] Envelope() =>
        RawCbor.Tag(18, RawCbor.Array(RawCbor.Bytes(Header), RawCbor.EmptyMap, RawCbor.Bytes(Payload), RawCbor.Bytes(Signature)));

    private static string Tagged(params byte[][] items) => Hex(RawCbor.Tag(18, RawCbor.Array(items)));

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);
}
