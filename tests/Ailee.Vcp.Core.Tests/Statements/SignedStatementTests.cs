using System.Text;
using Ailee.Vcp.Core.Cose;
using Ailee.Vcp.Core.Statements;

namespace Ailee.Vcp.Core.Tests.Statements;

public sealed class SignedStatementTests(ITestOutputHelper output)
{
    public static TheoryData<string> Names => [.. SampleRuns.All.Select(run => run.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Verify_SignedRun_PassesEveryCheckInOrder(string name)
    {
        var run = Run(name);

        var report = StatementVerifier.Verify(run.Sign().Encode(), run.Evidence);

        Assert.Null(report.FirstFailure);
        Assert.True(report.Valid);
        Assert.Equal(Verdict.AllChecks, report.Checks.Select(check => check.Name));
        Assert.All(report.Checks, check => Assert.NotEmpty(check.Detail));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void TryDecode_SignedRun_GivesEverythingBack(string name)
    {
        var run = Run(name);
        var bytes = run.Sign().Encode();

        var statement = SignedStatement.TryDecode(bytes, out var fault);

        Assert.Null(fault);
        Assert.Equal(run.Payload, statement!.Payload);
        Assert.Equal(run.Algorithm, statement.Header.Algorithm);
        Assert.Equal(run.PublicKey, statement.Header.Key);
        Assert.Equal(run.PublicKey.Id, statement.Header.KeyId);
        Assert.Equal("urn:vcp:node:" + run.PublicKey.Id, statement.Header.Issuer);
        Assert.Equal("urn:uuid:" + run.Task, statement.Header.Subject);
        Assert.Equal((run.IssuedAtSeconds, run.Counter), (statement.Header.IssuedAtSeconds, statement.Header.Counter));
        Assert.Equal(Digest.Of(bytes), statement.Id);
        Assert.Equal(Digest.Of(StatementPayloadCodec.Encode(run.Payload)), statement.PayloadDigest);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Encode_SignedRun_IsWhatIsWrittenByHand(string name)
    {
        var run = Run(name);

        var envelope = run.Sign();

        var parts = StatementParts.Of(run);
        Assert.Equal(parts.EncodeProtected(), envelope.Protected.ToArray());
        Assert.Equal(parts.EncodePayload(), envelope.Payload.ToArray());
        Assert.Equal(parts.ToBeSigned(), envelope.ToBeSigned());
        Assert.Equal(parts.Sign(run), envelope.Encode());
    }

    [Fact]
    public void Sign_Payload_IsEdDsaAndVerifies()
    {
        var run = SampleRuns.Command;
        using var key = SigningKey.FromSeed(run.KeySeed);

        var statement = SignedStatement.Sign(key, run.Payload, run.IssuedAtSeconds, run.Counter);

        Assert.Equal(run.Sign().Encode(), statement.Bytes.ToArray());
        Assert.Equal(StatementHeader.EdDsa, statement.Header.Algorithm);
        Assert.Equal(statement.Id, Verdict.Valid(statement.Bytes, run.Evidence).Id);
    }

    [Fact]
    public void Encode_RealisticStatement_TakesAtMost700Bytes()
    {
        var run = SampleRuns.Command with { Instructions = 9_999_999_999, MemoryPages = 8192 };

        var size = run.Sign().Encode().Length;

        output.WriteLine($"entrypoint {run.Entrypoint}: {size} bytes");
        Assert.InRange(size, 1, 700);
    }

    [Fact]
    public void Encode_LargestStatement_TakesAtMost700Bytes()
    {
        var run = SampleRuns.Longest;
        var payload = run.Payload with
        {
            ExitCode = uint.MaxValue,
            TraceLeaves = long.MaxValue,
            Instructions = long.MaxValue,
            Gas = long.MaxValue,
        };

        var statement = Verdict.Valid(run.Sign(payload.WithExecutionHash()).Encode());

        output.WriteLine($"entrypoint of {Encoding.UTF8.GetByteCount(run.Entrypoint)} bytes: {statement.Bytes.Length} bytes");
        Assert.Equal(64, Encoding.UTF8.GetByteCount(run.Entrypoint));
        Assert.InRange(statement.Bytes.Length, 1, 700);
    }

    // Agreement is byte equality: who signed, when and how often are not in the payload.
    [Fact]
    public void PayloadDigest_OtherNodeTimeAndCounter_IsTheSame()
    {
        var one = SampleRuns.Command;
        var other = one with { KeySeed = new byte[32], IssuedAtSeconds = one.IssuedAtSeconds + 60, Counter = 7 };

        var (first, second) = (Verdict.Valid(one.Sign().Encode()), Verdict.Valid(other.Sign().Encode()));

        Assert.Equal(first.PayloadDigest, second.PayloadDigest);
        Assert.NotEqual(first.Id, second.Id);
    }

    private static SampleRun Run(string name) => SampleRuns.All.Single(run => run.Name == name);
}
