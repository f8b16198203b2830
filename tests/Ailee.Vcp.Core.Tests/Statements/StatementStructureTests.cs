using Ailee.Vcp.Core.Statements;
using Ailee.Vcp.Core.Tests.Cbor;

namespace Ailee.Vcp.Core.Tests.Statements;

/// <summary>Canonical bytes of another shape or with values that the format does not have, signed by the right key.</summary>
public sealed class StatementStructureTests
{
    private static readonly SampleRun Run = SampleRuns.Command;

    // One value of every type; 0 and 1 are both integers to CBOR's reader.
    private static readonly byte[][] Values =
    [
        RawCbor.Integer(0), RawCbor.Bytes([1]), RawCbor.Text("x"), RawCbor.Array(), RawCbor.EmptyMap,
        RawCbor.Tag(1, RawCbor.Integer(0)), RawCbor.False, RawCbor.Null,
    ];

    [Fact]
    public void Verify_OtherTypeUnderAnyPayloadKey_HasWrongStructure() => ForEveryEntry(parts => parts.Payload);

    [Fact]
    public void Verify_OtherTypeUnderAnyHeaderKey_HasWrongStructure() => ForEveryEntry(parts => parts.Header);

    [Fact]
    public void Verify_OtherTypeUnderAnyClaim_HasWrongStructure() => ForEveryEntry(parts => parts.Claims);

    [Fact]
    public void Verify_OtherTypeUnderAnyKeyMember_HasWrongStructure() => ForEveryEntry(parts => parts.CoseKey);

    [Fact]
    public void Verify_EntryMissing_HasWrongStructure()
    {
        Func<StatementParts, List<(byte[] Key, byte[] Value)>>[] maps =
            [parts => parts.Payload, parts => parts.Header, parts => parts.Claims, parts => parts.CoseKey];

        foreach (var entries in maps)
        {
            for (var index = 0; index < entries(StatementParts.Of(Run)).Count; index++)
            {
                var at = index;
                Changed(parts => entries(parts).RemoveAt(at));
            }
        }
    }

    [Fact]
    public void Verify_EntryTooMany_HasWrongStructure()
    {
        Changed(parts => parts.Payload.Insert(0, (RawCbor.Integer(0), RawCbor.Integer(0))));
        Changed(parts => parts.Payload.Add((RawCbor.Integer(18), RawCbor.Integer(0))));
        Changed(parts => parts.Payload.Add((RawCbor.Text("note"), RawCbor.Text("hello"))));
        Changed(parts => parts.Header.Insert(1, (RawCbor.Integer(2), RawCbor.Array(RawCbor.Integer(1))))); // crit
        Changed(parts => parts.Claims.Insert(2, (RawCbor.Integer(4), RawCbor.Integer(Run.IssuedAtSeconds)))); // exp
        Changed(parts => parts.CoseKey.Insert(1, (RawCbor.Integer(2), RawCbor.Bytes([1])))); // kid
        Changed(parts => parts.CoseKey.Add((RawCbor.Integer(-4), RawCbor.Bytes(Run.KeySeed)))); // d, the private key
    }

    [Fact]
    public void Verify_EntryUnderAnotherKey_HasWrongStructure()
    {
        Changed(parts => parts.Payload[0] = (RawCbor.Integer(0), parts.Payload[0].Value));
        Changed(parts => parts.Payload[16] = (RawCbor.Integer(18), parts.Payload[16].Value));
        Changed(parts => parts.Payload[16] = (RawCbor.Text("17"), parts.Payload[16].Value));
        Changed(parts => parts.Payload[16] = (RawCbor.Integer(-1), parts.Payload[16].Value));
        Changed(parts => parts.Header[1] = (RawCbor.Integer(2), parts.Header[1].Value));
        Changed(parts => parts.Claims[2] = (RawCbor.Integer(5), parts.Claims[2].Value));
    }

    [Theory]
    [InlineData(1, "00")]
    [InlineData(1, "02")]
    [InlineData(1, "20")]
    [InlineData(8, "04")]
    [InlineData(8, "20")]
    [InlineData(8, "1a00010000")]
    [InlineData(8, "1b0000000100000000")]
    [InlineData(9, "20")]
    [InlineData(9, "21")]
    [InlineData(9, "1b0000000100000000")]
    [InlineData(12, "00")]
    [InlineData(12, "20")]
    [InlineData(12, "1b8000000000000000")]
    [InlineData(13, "20")]
    [InlineData(13, "1b8000000000000000")]
    [InlineData(13, "1bffffffffffffffff")]
    [InlineData(13, "3bffffffffffffffff")]
    [InlineData(14, "20")]
    [InlineData(14, "1b8000000000000000")]
    [InlineData(15, "20")]
    [InlineData(15, "1a00010001")]
    public void Verify_NumberOutOfRange_HasWrongStructure(int key, string hex) =>
        Changed(parts => StatementParts.Set(parts.Payload, key, Convert.FromHexString(hex)));

    [Theory]
    [InlineData(2, 15)]
    [InlineData(2, 17)]
    [InlineData(3, 0)]
    [InlineData(3, 17)]
    [InlineData(4, 31)]
    [InlineData(5, 33)]
    [InlineData(7, 0)]
    [InlineData(10, 20)]
    [InlineData(11, 64)]
    [InlineData(16, 31)]
    public void Verify_BytesOfAnotherLength_HasWrongStructure(int key, int length) =>
        Changed(parts => StatementParts.Set(parts.Payload, key, RawCbor.Bytes(new byte[length])));

    [Theory]
    [InlineData("sha-512")]
    [InlineData("SHA-256")]
    [InlineData("sha3-512")]
    [InlineData("SHA3-256")]
    [InlineData("sha3-256 ")]
    [InlineData("")]
    [InlineData("sha-256 ")]
    public void Verify_OtherHashName_HasWrongStructure(string name) =>
        Changed(parts => StatementParts.Set(parts.Payload, 17, RawCbor.Text(name)));

    [Fact]
    public void Verify_EntrypointOf65Bytes_HasWrongStructure()
    {
        Changed(parts => StatementParts.Set(parts.Payload, 6, RawCbor.Text(new string('e', 65))));
        Changed(parts => StatementParts.Set(parts.Payload, 6, RawCbor.Text("e" + SampleRuns.Longest.Entrypoint)));
    }

    [Theory]
    [InlineData(0, -1)]
    [InlineData(1, 0)]
    [InlineData(1, 134)]
    [InlineData(2, 0)]
    [InlineData(3, 1)]
    public void Verify_ExitCodeThatDoesNotFitTheOutcome_HasWrongStructure(int outcome, long exitCode) => Changed(parts =>
    {
        StatementParts.Set(parts.Payload, 8, RawCbor.Integer(outcome));
        StatementParts.Set(parts.Payload, 9, RawCbor.Integer(exitCode));
    });

    [Theory]
    [InlineData(0)]
    [InlineData(-7)]
    [InlineData(-9)]
    [InlineData(-18)]
    [InlineData(-20)]
    [InlineData(-35)]
    [InlineData(-257)]
    [InlineData(8)]
    public void Verify_OtherAlgorithm_HasWrongStructure(int algorithm) =>
        Changed(parts => StatementParts.Set(parts.Header, 1, RawCbor.Integer(algorithm)));

    [Theory]
    [InlineData("application/cbor")]
    [InlineData("application/vnd.ailee.vcp.statement")]
    [InlineData("application/vnd.ailee.vcp.statement+cbor ")]
    [InlineData("Application/vnd.ailee.vcp.statement+cbor")]
    [InlineData("")]
    public void Verify_OtherContentType_HasWrongStructure(string contentType) =>
        Changed(parts => StatementParts.Set(parts.Header, 3, RawCbor.Text(contentType)));

    [Fact]
    public void Verify_UnprotectedHeader_HasWrongStructure()
    {
        Changed(parts => parts.Unprotected = RawCbor.Map((RawCbor.Integer(4), parts.Header[2].Value)));
        Changed(parts => parts.Unprotected = RawCbor.Map((RawCbor.Integer(1), RawCbor.Integer(-7))));
        Changed(parts => parts.Unprotected = RawCbor.Map((RawCbor.Text("note"), RawCbor.Text("anyone may write here"))));
    }

    [Theory]
    [InlineData(1, "02")]
    [InlineData(-1, "04")]
    [InlineData(-2, "4100")]
    public void Verify_KeyOfAnotherKind_HasWrongStructure(int member, string hex) =>
        Changed(parts => StatementParts.Set(parts.CoseKey, member, Convert.FromHexString(hex)));

    [Theory]
    [InlineData("urn:uuid:019b76da-a800-7000-8000-000000000002")]
    [InlineData("urn:uuid:019B76DA-A800-7000-8000-000000000001")]
    [InlineData("019b76da-a800-7000-8000-000000000001")]
    [InlineData("urn:vcp:task:019b76da-a800-7000-8000-000000000001")]
    [InlineData("")]
    public void Verify_SubjectOfAnotherTask_HasWrongStructure(string subject)
    {
        Assert.Equal("019b76da-a800-7000-8000-000000000001", Run.Task.ToString());

        Changed(parts => StatementParts.Set(parts.Claims, 2, RawCbor.Text(subject)));
    }

    [Theory]
    [InlineData("00")]
    [InlineData("f6")]
    [InlineData("a0")]
    [InlineData("d280")]
    [InlineData("d2a0")]
    [InlineData("d28440a04040")]
    public void Verify_OtherCbor_Fails(string hex) =>
        Assert.False(StatementVerifier.Verify(Convert.FromHexString(hex), Evidence.None).Valid);

    private static void ForEveryEntry(Func<StatementParts, List<(byte[] Key, byte[] Value)>> entries)
    {
        for (var index = 0; index < entries(StatementParts.Of(Run)).Count; index++)
        {
            var at = index;
            var right = entries(StatementParts.Of(Run))[at];
            foreach (var value in Values.Where(value => Type(value) != Type(right.Value)))
            {
                Changed(parts => entries(parts)[at] = (right.Key, value));
            }
        }
    }

    // Signed and unsigned integers are one type to this format.
    private static int Type(byte[] value) => Math.Max(value[0] >> 5, 1);

    private static void Changed(Action<StatementParts> change)
    {
        var parts = StatementParts.Of(Run);
        change(parts);
        Verdict.Fails(StatementChecks.Structure, parts.Sign(Run));
    }
}
