using System.Security.Cryptography;
using Ailee.Vcp.Core.Statements;
using Ailee.Vcp.Core.Tests.Cbor;

namespace Ailee.Vcp.Core.Tests.Statements;

/// <summary>Who signed: key id, issuer, the key that travels with the statement, and the key that was expected.</summary>
public sealed class StatementKeyTests
{
    private static readonly SampleRun Run = SampleRuns.Command;
    private static readonly SampleRun Foreign = Run with { KeySeed = [.. Enumerable.Repeat((byte)0x77, 32)] };

    [Theory]
    [InlineData(StatementHeader.EdDsa)]
    [InlineData(StatementHeader.Ed25519)]
    public void Verify_EitherAlgorithmNumber_IsAccepted(int algorithm)
    {
        var run = Run with { Algorithm = algorithm };

        var statement = Verdict.Valid(StatementParts.Of(run).Sign(run), run.Evidence);

        Assert.Equal(algorithm, statement.Header.Algorithm);
    }

    // The number is signed too: nobody can turn one into the other.
    [Fact]
    public void Verify_AlgorithmNumberChanged_FailsTheSignature()
    {
        var parts = StatementParts.Of(Run with { Algorithm = StatementHeader.Ed25519 });

        Verdict.Fails(StatementChecks.Signature, parts.Encode(Run.Sign().Signature.ToArray()));
    }

    [Fact]
    public void Verify_KidThatIsNotTheThumbprint_Fails()
    {
        var key = Run.PublicKey.Bytes.ToArray();
        byte[][] kids = [Foreign.PublicKey.Id.Thumbprint.ToArray(), new byte[32], key, SHA256.HashData(key)];

        foreach (var kid in kids)
        {
            Changed(StatementChecks.KeyId, parts => StatementParts.Set(parts.Header, 4, RawCbor.Bytes(kid)));
        }
    }

    [Fact]
    public void Verify_IssuerThatIsNotTheKey_Fails()
    {
        var id = Run.PublicKey.Id;
        string[] issuers = [$"urn:vcp:node:{Foreign.PublicKey.Id}", $"{id}", $"urn:vcp:node:{id}=", $"URN:VCP:NODE:{id}", ""];

        foreach (var issuer in issuers)
        {
            Changed(StatementChecks.KeyId, parts => StatementParts.Set(parts.Claims, 1, RawCbor.Text(issuer)));
        }
    }

    // Another's key put in beside the kid and issuer of the node, signed by that other.
    [Fact]
    public void Verify_KeyReplaced_FailsTheKid()
    {
        var parts = StatementParts.Of(Run);
        StatementParts.Set(parts.CoseKey, -2, RawCbor.Bytes(Foreign.PublicKey.Bytes));

        Verdict.Fails(StatementChecks.KeyId, parts.Sign(Foreign));
    }

    [Fact]
    public void Verify_SignedByAnotherKeyThanTheOneInside_FailsTheSignature() =>
        Verdict.Fails(StatementChecks.Signature, StatementParts.Of(Run).Sign(Foreign));

    // A foreign statement is as valid as any other; only who expects a certain key can tell.
    [Fact]
    public void Verify_ForeignKey_FailsOnlyAgainstTheExpectedOne()
    {
        var bytes = StatementParts.Of(Foreign).Sign(Foreign);

        Verdict.Valid(bytes);
        Verdict.Valid(bytes, Foreign.Evidence);

        var report = Verdict.Fails(StatementChecks.ExpectedKey, bytes, Run.Evidence);
        Assert.Single(report.Checks, check => !check.Ok);
    }

    // RFC 8032 leaves open whether keys of low order are refused; with one, this signature of zeros fits every message.
    [Fact]
    public void Verify_LowOrderKey_NeverAccepts()
    {
        byte[] identity = [0x01, .. new byte[31]];
        var parts = new StatementParts(identity, StatementHeader.EdDsa, Run.IssuedAtSeconds, Run.Counter, Run.Payload);

        var report = StatementVerifier.Verify(parts.Encode([.. identity, .. new byte[32]]), Evidence.None);

        Assert.Equal(StatementChecks.Signature, report.FirstFailure?.Name);
    }

    [Fact]
    public void Verify_KeyOffTheCurve_NeverAccepts()
    {
        byte[] offCurve = [0x02, .. new byte[31]];
        var parts = new StatementParts(offCurve, StatementHeader.EdDsa, Run.IssuedAtSeconds, Run.Counter, Run.Payload);

        Assert.False(StatementVerifier.Verify(parts.Sign(Run), Evidence.None).Valid);
    }

    private static void Changed(string check, Action<StatementParts> change)
    {
        var parts = StatementParts.Of(Run);
        change(parts);
        var report = Verdict.Fails(check, parts.Sign(Run));

        // Nothing else is wrong: the signature is over just these bytes.
        Assert.Single(report.Checks, each => !each.Ok);
    }
}
