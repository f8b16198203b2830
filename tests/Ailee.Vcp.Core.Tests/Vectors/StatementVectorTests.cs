using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Core.Statements;
using Ailee.Vcp.Core.Tests.Statements;
using static Ailee.Vcp.Core.Tests.Vectors.VectorFile;

namespace Ailee.Vcp.Core.Tests.Vectors;

public sealed class StatementVectorTests
{
    private const string ValidFile = "statements.json";
    private const string InvalidFile = "invalid-statements.json";

    [Fact]
    public void Generate_Statements_ReproducesTheFile()
    {
        AssertIs(ValidFile, SampleRuns.All.Select(StatementVector.Of).ToArray());

        Assert.True(Read<StatementVector[]>(ValidFile).Length >= 4);
    }

    [Fact]
    public void Generate_InvalidStatements_ReproducesTheFile()
    {
        AssertIs(InvalidFile, InvalidStatementVector.All);

        Assert.Equal(InvalidStatementVector.All.Count, InvalidStatementVector.All.Select(vector => vector.Name).Distinct().Count());
    }

    // From the fields alone, whatever the samples of today are.
    [Fact]
    public void Encode_FieldsOfEveryVector_GivesItsBytes() => Assert.All(Read<StatementVector[]>(ValidFile), vector =>
    {
        var run = vector.ToRun();

        var envelope = run.Sign();

        Assert.Equal(vector.Invocation.Hex, Hex(run.Invocation.Encode()));
        Assert.Equal(vector.Output.Hex, Hex(run.Output.Encode()));
        Assert.Equal(vector.Payload, PayloadVector.Of(run.Payload));
        Assert.Equal(vector.ProtectedHex, Hex(envelope.Protected.Span));
        Assert.Equal(vector.PayloadHex, Hex(envelope.Payload.Span));
        Assert.Equal(vector.ToBeSignedHex, Hex(envelope.ToBeSigned()));
        Assert.Equal(vector.SignatureHex, Hex(envelope.Signature.Span));
        Assert.Equal(vector.StatementHex, Hex(envelope.Encode()));
        Assert.Equal(vector.PublicKey, Hex(run.PublicKey.Bytes));
        Assert.Equal(vector.Kid, run.PublicKey.Id.ToString());
        Assert.Equal(vector.ExecutionHash, ExecutionHash.Compute(run.Payload).ToHex());
    });

    [Fact]
    public void Verify_BytesOfEveryVector_PassEveryCheck() => Assert.All(Read<StatementVector[]>(ValidFile), vector =>
    {
        var run = vector.ToRun();
        var evidence = run.Evidence with { Invocation = Bytes(vector.Invocation.Hex), Output = Bytes(vector.Output.Hex) };

        var report = StatementVerifier.Verify(Bytes(vector.StatementHex), evidence);

        Assert.Equal(Verdict.AllChecks, report.Checks.Where(check => check.Ok).Select(check => check.Name));
        Assert.Equal(vector.Payload, PayloadVector.Of(report.Statement!.Payload));
        Assert.Equal(vector.StatementId, report.Statement.Id.ToHex());
        Assert.Equal(vector.Header.Alg, report.Statement.Header.Algorithm);
    });

    [Fact]
    public void Verify_EveryInvalidVector_FailsFirstAsItSays()
    {
        var vectors = Read<InvalidStatementVector[]>(InvalidFile);

        Assert.True(vectors.Length >= 15);
        Assert.All(vectors, vector => Verdict.Fails(vector.Check, Bytes(vector.StatementHex)));
        Assert.Equal(Verdict.SelfChecks.Order(), vectors.Select(vector => vector.Check).Distinct().Order());
    }
}
