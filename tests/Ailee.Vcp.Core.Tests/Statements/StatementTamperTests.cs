using Ailee.Vcp.Core.Cose;
using Ailee.Vcp.Core.Statements;
using Ailee.Vcp.Core.Tests.Cbor;

namespace Ailee.Vcp.Core.Tests.Statements;

/// <summary>A statement changed after it was signed.</summary>
public sealed class StatementTamperTests
{
    private static readonly SampleRun Run = SampleRuns.Command;
    private static readonly byte[] Valid = Run.Sign().Encode();

    [Fact]
    public void Verify_EveryBitFlipped_FailsByName()
    {
        var failures = new Dictionary<string, int>();
        for (var bit = 0; bit < 8 * Valid.Length; bit++)
        {
            var changed = Valid.ToArray();
            changed[bit / 8] ^= (byte)(1 << (bit % 8));

            var report = StatementVerifier.Verify(changed, Evidence.None);

            Assert.False(report.Valid, $"bit {bit} of byte {bit / 8}");
            Assert.Contains(report.FirstFailure!.Name, Verdict.SelfChecks);
            Assert.NotEmpty(report.FirstFailure.Detail);
            failures[report.FirstFailure.Name] = failures.GetValueOrDefault(report.FirstFailure.Name) + 1;
        }

        // Every check that a single bit can reach, and most often the signature: most bits are content that stays well-formed.
        string[] reached = ["canonical", "kid", "signature", "structure", "trailing-bytes", "well-formed"];
        Assert.Equal(reached, failures.Keys.Order(StringComparer.Ordinal));
        Assert.Equal("signature", failures.MaxBy(pair => pair.Value).Key);
    }

    [Fact]
    public void Verify_EveryByteReplaced_FailsByName()
    {
        foreach (var value in (byte[])[0x00, 0xff])
        {
            for (var index = 0; index < Valid.Length; index++)
            {
                if (Valid[index] != value)
                {
                    var changed = Valid.ToArray();
                    changed[index] = value;

                    Assert.Contains(StatementVerifier.Verify(changed, Evidence.None).FirstFailure!.Name, Verdict.SelfChecks);
                }
            }
        }
    }

    [Fact]
    public void Verify_CutAtEveryLength_IsNotWellFormed()
    {
        for (var length = 0; length < Valid.Length; length++)
        {
            Verdict.Fails(StatementChecks.WellFormed, Valid.AsMemory(0, length));
        }
    }

    [Theory]
    [InlineData("00")]
    [InlineData("f6")]
    [InlineData("0a")]
    [InlineData("d284")]
    [InlineData("ffffffff")]
    public void Verify_MoreBytesAfterIt_AreTrailing(string hex) =>
        Verdict.Fails(StatementChecks.TrailingBytes, (byte[])[.. Valid, .. Convert.FromHexString(hex)]);

    [Fact]
    public void Verify_StatementTwice_HasTrailingBytes() => Verdict.Fails(StatementChecks.TrailingBytes, (byte[])[.. Valid, .. Valid]);

    [Fact]
    public void Verify_BytesBeforeIt_Fails() => Verdict.Fails(StatementChecks.TrailingBytes, (byte[])[0x00, .. Valid]);

    [Fact]
    public void Verify_SignatureOfAnotherStatement_Fails()
    {
        var other = SampleRuns.Trapped.Sign();

        Verdict.Fails(StatementChecks.Signature, StatementParts.Of(Run).Encode(other.Signature.ToArray()));
    }

    [Fact]
    public void Verify_SignatureStripped_Fails()
    {
        Verdict.Fails(StatementChecks.Structure, StatementParts.Of(Run).Encode([]));
        Verdict.Fails(StatementChecks.Structure, StatementParts.Of(Run).Encode(new byte[63]));
        Verdict.Fails(StatementChecks.Structure, StatementParts.Of(Run).Encode(new byte[65]));
        Verdict.Fails(StatementChecks.Signature, StatementParts.Of(Run).Encode(new byte[64]));
    }

    // Only the Sig_structure may be signed: neither the bare payload nor the structure of another kind of message.
    [Theory]
    [InlineData("Signature")]
    [InlineData("CounterSignature")]
    [InlineData("MAC0")]
    [InlineData("")]
    public void Verify_SignedUnderAnotherContext_Fails(string context)
    {
        var parts = StatementParts.Of(Run);
        using var key = SigningKey.FromSeed(Run.KeySeed);
        var (header, payload) = (RawCbor.Bytes(parts.EncodeProtected()), RawCbor.Bytes(parts.EncodePayload()));
        var other = RawCbor.Array(RawCbor.Text(context), header, RawCbor.Bytes([]), payload);

        Verdict.Fails(StatementChecks.Signature, parts.Encode(key.Sign(other)));
        Verdict.Fails(StatementChecks.Signature, parts.Encode(key.Sign(parts.EncodePayload())));
    }

    [Fact]
    public void Verify_NoBytes_IsNotWellFormed() => Verdict.Fails(StatementChecks.WellFormed, ReadOnlyMemory<byte>.Empty);

    // Too large to look at: nothing else is claimed about it.
    [Theory]
    [InlineData(TransparentStatement.MaxSizeBytes + 1)]
    [InlineData(64 * 1024 * 1024)]
    public void Verify_MoreBytesThanAnyStatement_FailsWithNoOtherCheck(int length)
    {
        var bytes = new byte[length];
        Valid.CopyTo(bytes, 0);

        var report = Verdict.Fails(StatementChecks.Structure, bytes);

        Assert.Single(report.Checks);
        Assert.Null(report.Statement);
    }

    // What a decoder did not reach, a report must not call good.
    [Fact]
    public void Verify_SeveralFaults_ReportsNoCheckAsPassedThatWasNotMade()
    {
        var parts = StatementParts.Of(Run);
        parts.Payload.Reverse();
        byte[] unsortedAndTrailing = [.. parts.Sign(Run), 0x00];

        var report = StatementVerifier.Verify(unsortedAndTrailing, Run.Evidence);

        Assert.False(report.Valid);
        Assert.All(report.Checks, check => Assert.False(check.Ok));
    }
}
