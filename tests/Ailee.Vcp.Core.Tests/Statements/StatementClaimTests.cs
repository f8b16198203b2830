using System.Buffers.Binary;
using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Core.Statements;
using Ailee.Vcp.Core.Tests.Cbor;

namespace Ailee.Vcp.Core.Tests.Statements;

/// <summary>One claim changed at a time: left with the old signature, signed again, signed by somebody else.</summary>
public sealed class StatementClaimTests
{
    private static readonly SampleRun Run = SampleRuns.Command;
    private static readonly SampleRun Foreign = Run with { KeySeed = [.. Enumerable.Repeat((byte)0x77, 32)] };
    private static readonly Digest Other = Digest.Of("other"u8);

    // Under each name, whether the execution hash covers it.
    private static readonly Dictionary<string, (bool Hashed, Func<StatementPayload, StatementPayload> Change)> Changes = new()
    {
        ["nonce"] = (false, payload => payload with { Nonce = new Nonce(1) }),
        ["profile"] = (true, payload => payload with { Profile = Other }),
        ["module"] = (true, payload => payload with { Module = Other }),
        ["entrypoint"] = (true, payload => payload with { Entrypoint = "main" }),
        ["input"] = (true, payload => payload with { Input = Other }),
        ["outcome"] = (true, payload => payload with { Outcome = Outcome.OutOfFuel, ExitCode = StatementPayload.NoExit }),
        ["exit code"] = (true, payload => payload with { ExitCode = 1 }),
        ["output"] = (true, payload => payload with { Output = Other }),
        ["trace root"] = (false, payload => payload with { TraceRoot = Other }),
        ["trace leaves"] = (false, payload => payload with { TraceLeaves = payload.TraceLeaves + 1 }),
        ["instructions"] = (false, payload => payload with { Instructions = payload.Instructions - 1 }),
        ["gas"] = (false, payload => payload with { Gas = payload.Gas + 1 }),
        ["memory pages"] = (false, payload => payload with { MemoryPages = payload.MemoryPages + 1 }),
    };

    // What shows the change to whoever holds the evidence, once the node itself has signed it with a matching hash. The nonce
    // is compared with the task where results come in, the profile with the fleet.
    private static readonly Dictionary<string, string?> ShownBy = new()
    {
        ["nonce"] = null,
        ["profile"] = StatementChecks.Trace,
        ["module"] = StatementChecks.Module,
        ["entrypoint"] = StatementChecks.Limits,
        ["input"] = StatementChecks.Input,
        ["outcome"] = StatementChecks.Limits,
        ["exit code"] = StatementChecks.Trace,
        ["output"] = StatementChecks.Output,
        ["trace root"] = StatementChecks.Trace,
        ["trace leaves"] = StatementChecks.Trace,
        ["instructions"] = StatementChecks.Gas,
        ["gas"] = StatementChecks.Gas,
        ["memory pages"] = StatementChecks.Gas,
    };

    public static TheoryData<string> Claims => [.. Changes.Keys];

    [Theory]
    [MemberData(nameof(Claims))]
    public void Verify_ClaimChangedUnderTheOldSignature_FailsTheSignature(string claim)
    {
        var signature = Run.Sign().Signature.ToArray();

        Verdict.Fails(StatementChecks.Signature, StatementParts.Of(Run, Changed(claim)).Encode(signature));
        Verdict.Fails(StatementChecks.Signature, StatementParts.Of(Run, Changed(claim).WithExecutionHash()).Encode(signature));
    }

    [Theory]
    [MemberData(nameof(Claims))]
    public void Verify_ClaimChangedAndSignedByAnother_FailsTheKey(string claim)
    {
        var bytes = StatementParts.Of(Foreign, Changed(claim).WithExecutionHash()).Sign(Foreign);

        Verdict.Fails(StatementChecks.ExpectedKey, bytes, new Evidence { Key = Run.PublicKey });
    }

    [Theory]
    [MemberData(nameof(Claims))]
    public void Verify_ClaimChangedAndSignedAgain_FailsTheExecutionHashIfItCoversIt(string claim)
    {
        var bytes = Run.Sign(Changed(claim)).Encode();

        if (Changes[claim].Hashed)
        {
            var report = Verdict.Fails(StatementChecks.ExecutionHash, bytes);
            Assert.Single(report.Checks, check => !check.Ok);
        }
        else
        {
            Verdict.Valid(bytes);
        }
    }

    // The node lies consistently: its statement is sound in itself, is no vote for the true one, and the evidence shows the lie.
    [Theory]
    [MemberData(nameof(Claims))]
    public void Verify_ClaimChangedAndSignedAgainWithItsHash_IsAnotherClaim(string claim)
    {
        var bytes = Run.Sign(Changed(claim).WithExecutionHash()).Encode();

        var statement = Verdict.Valid(bytes);

        Assert.NotEqual(Verdict.Valid(Run.Sign().Encode()).PayloadDigest, statement.PayloadDigest);
        Assert.Equal(ShownBy[claim], StatementVerifier.Verify(bytes, Run.Evidence).FirstFailure?.Name);
    }

    [Fact]
    public void Verify_TaskChanged_NeedsTheSubjectToAgree()
    {
        var other = TaskId.Parse("019b76da-a800-7000-8000-0000000000ff");
        var parts = StatementParts.Of(Run);
        StatementParts.Set(parts.Payload, 2, RawCbor.Bytes(other.ToArray()));

        var moved = StatementParts.Of(Run, Run.Payload with { Task = other });

        Verdict.Fails(StatementChecks.Structure, parts.Sign(Run));
        Verdict.Fails(StatementChecks.Signature, moved.Encode(Run.Sign().Signature.ToArray()));
    }

    [Fact]
    public void Verify_CounterOrTimeChanged_FailsTheSignature()
    {
        var counter = new byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(counter, Run.Counter + 1);

        var (later, next) = (StatementParts.Of(Run), StatementParts.Of(Run));
        StatementParts.Set(later.Claims, 6, RawCbor.Integer(Run.IssuedAtSeconds + 1));
        StatementParts.Set(next.Claims, 7, RawCbor.Bytes(counter));

        Verdict.Fails(StatementChecks.Signature, later.Encode(Run.Sign().Signature.ToArray()));
        Verdict.Fails(StatementChecks.Signature, next.Encode(Run.Sign().Signature.ToArray()));
        Assert.Equal(Run.Counter + 1, Verdict.Valid(next.Sign(Run)).Header.Counter);
    }

    [Fact]
    public void Verify_ExecutionHashOfSomethingElse_Fails()
    {
        foreach (var lie in (Digest[])[Other, default, SampleRuns.Trapped.Payload.ExecutionHash])
        {
            var report = Verdict.Fails(StatementChecks.ExecutionHash, Run.Sign(Run.Payload with { ExecutionHash = lie }).Encode());

            Assert.Single(report.Checks, check => !check.Ok);
        }
    }

    private static StatementPayload Changed(string claim) => Changes[claim].Change(Run.Payload);
}
