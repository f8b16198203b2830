using Ailee.Vcp.Core.Statements;
using Ailee.Vcp.Core.Tests.Cbor;

namespace Ailee.Vcp.Core.Tests.Statements;

/// <summary>The same content in another encoding, signed by the right key over just those bytes.</summary>
public sealed class StatementEncodingTests
{
    private static readonly SampleRun Run = SampleRuns.Command;

    [Fact]
    public void Verify_PayloadNumberInMoreBytes_IsNotCanonical() => Changed(
        StatementChecks.Canonical,
        parts => StatementParts.Set(parts.Payload, 13, RawCbor.Head(0, (ulong)Run.Instructions, 8)));

    [Fact]
    public void Verify_PayloadKeyInMoreBytes_IsNotCanonical() =>
        Changed(StatementChecks.Canonical, parts => parts.Payload[0] = (RawCbor.Head(0, 1, 1), parts.Payload[0].Value));

    [Fact]
    public void Verify_PayloadLengthInMoreBytes_IsNotCanonical() => Changed(
        StatementChecks.Canonical,
        parts => StatementParts.Set(parts.Payload, 6, [.. RawCbor.Head(3, 6, 1), .. "_start"u8]));

    [Fact]
    public void Verify_PayloadCountInMoreBytes_IsNotCanonical() => Changed(StatementChecks.Canonical, parts =>
        parts.PayloadBytes = [.. RawCbor.Head(5, 17, 1), .. parts.EncodePayload().AsSpan(1)]);

    [Fact]
    public void Verify_PayloadKeysOutOfOrder_IsNotCanonical()
    {
        for (var index = 0; index < 16; index++)
        {
            var at = index;
            Changed(StatementChecks.Canonical, parts => parts.Payload.Reverse(at, 2));
        }
    }

    [Fact]
    public void Verify_PayloadKeyTwice_IsNotCanonical()
    {
        for (var index = 0; index < 17; index++)
        {
            var at = index;
            Changed(StatementChecks.Canonical, parts => parts.Payload.Insert(at, parts.Payload[at]));
        }
    }

    [Fact]
    public void Verify_PayloadOfIndefiniteLength_IsNotCanonical() =>
        Changed(StatementChecks.Canonical, parts => parts.PayloadBytes = [0xbf, .. parts.EncodePayload().AsSpan(1), 0xff]);

    [Fact]
    public void Verify_EntrypointInChunks_IsNotCanonical() => Changed(
        StatementChecks.Canonical,
        parts => StatementParts.Set(parts.Payload, 6, [0x7f, .. RawCbor.Text("_st"), .. RawCbor.Text("art"), 0xff]));

    [Fact]
    public void Verify_FloatUnderAnyKey_IsNotCanonical()
    {
        for (var key = 1; key <= 17; key++)
        {
            var at = key;
            Changed(StatementChecks.Canonical, parts => StatementParts.Set(parts.Payload, at, RawCbor.Double(1)));
            Changed(StatementChecks.Canonical, parts => StatementParts.Set(parts.Payload, at, [0xf9, 0x3c, 0x00]));
        }
    }

    [Fact]
    public void Verify_HeaderKeysOutOfOrder_IsNotCanonical()
    {
        Changed(StatementChecks.Canonical, parts => parts.Header.Reverse());
        Changed(StatementChecks.Canonical, parts => parts.Claims.Reverse());
        Changed(StatementChecks.Canonical, parts => parts.CoseKey.Reverse());
        Changed(StatementChecks.Canonical, parts => parts.CoseKey.Reverse(1, 2));
    }

    [Fact]
    public void Verify_HeaderKeyTwice_IsNotCanonical()
    {
        Changed(StatementChecks.Canonical, parts => parts.Header.Insert(0, parts.Header[0]));
        Changed(StatementChecks.Canonical, parts => parts.Claims.Insert(0, parts.Claims[0]));
        Changed(StatementChecks.Canonical, parts => parts.CoseKey.Insert(0, parts.CoseKey[0]));
    }

    [Fact]
    public void Verify_HeaderNumberInMoreBytes_IsNotCanonical()
    {
        Changed(StatementChecks.Canonical, parts => StatementParts.Set(parts.Header, 1, RawCbor.Head(1, 7, 1)));
        Changed(StatementChecks.Canonical, parts => StatementParts.Set(parts.Claims, 6, RawCbor.Head(0, (ulong)Run.IssuedAtSeconds, 8)));
        Changed(StatementChecks.Canonical, parts => StatementParts.Set(parts.Claims, 6, RawCbor.Double(Run.IssuedAtSeconds)));
    }

    [Fact]
    public void Verify_EnvelopeInAnotherEncoding_IsNotCanonical()
    {
        var valid = StatementParts.Of(Run).Sign(Run);
        var afterArray = valid.AsSpan(2);
        var afterHeader = valid.AsSpan(2 + RawCbor.Bytes(StatementParts.Of(Run).EncodeProtected()).Length);

        Verdict.Fails(StatementChecks.Canonical, (byte[])[.. RawCbor.Head(6, 18, 1), .. valid.AsSpan(1)]);
        Verdict.Fails(StatementChecks.Canonical, (byte[])[0xd2, .. RawCbor.Head(4, 4, 1), .. afterArray]);
        Verdict.Fails(StatementChecks.Canonical, (byte[])[0xd2, 0x9f, .. afterArray, 0xff]);
        Assert.Equal(0xa0, afterHeader[0]);
        Verdict.Fails(StatementChecks.Canonical, (byte[])[.. valid.AsSpan(..^afterHeader.Length), 0xbf, 0xff, .. afterHeader[1..]]);
        Verdict.Fails(StatementChecks.Canonical, (byte[])[.. valid.AsSpan(..^66), 0x5f, .. valid.AsSpan(^66), 0xff]);
        Verdict.Fails(StatementChecks.Canonical, (byte[])[.. valid.AsSpan(..^66), .. RawCbor.Head(2, 64, 2), .. valid.AsSpan(^64)]);
    }

    [Fact]
    public void Verify_BytesAfterHeaderOrPayload_AreTrailing()
    {
        Changed(StatementChecks.TrailingBytes, parts => parts.PayloadBytes = [.. parts.EncodePayload(), 0x00]);
        Changed(StatementChecks.TrailingBytes, parts => parts.ProtectedBytes = [.. parts.EncodeProtected(), 0x00]);
    }

    [Fact]
    public void Verify_HeaderOrPayloadCut_IsNotWellFormed()
    {
        Changed(StatementChecks.WellFormed, parts => parts.PayloadBytes = parts.EncodePayload()[..^1]);
        Changed(StatementChecks.WellFormed, parts => parts.ProtectedBytes = parts.EncodeProtected()[..^1]);
        Changed(StatementChecks.WellFormed, parts => parts.PayloadBytes = []);
        Changed(StatementChecks.WellFormed, parts => parts.ProtectedBytes = []);
    }

    [Fact]
    public void Verify_EntrypointThatIsNoUtf8_IsNotWellFormed() =>
        Changed(StatementChecks.WellFormed, parts => StatementParts.Set(parts.Payload, 6, [0x62, 0xc3, 0x28]));

    private static void Changed(string check, Action<StatementParts> change)
    {
        var parts = StatementParts.Of(Run);
        change(parts);
        Verdict.Fails(check, parts.Sign(Run));
    }
}
