using System.Security.Cryptography;
using Ailee.Vcp.Core.Cose;
using Ailee.Vcp.Core.Statements;
using Ailee.Vcp.Core.Traces;

namespace Ailee.Vcp.Core.Tests.Statements;

public sealed class StatementHashTests
{
    private static readonly SampleRun Run = SampleRuns.Sha3Command;
    private static readonly SampleRun Other = Run with { Hash = ContentHash.Sha256 };

    [Fact]
    public void Verify_SameRunUnderEitherHash_PassesEveryCheckAndSharesNoDigest()
    {
        var (sha3, sha256) = (Verdict.Valid(Run.Sign().Encode(), Run.Evidence).Payload, Verdict.Valid(Other.Sign().Encode(), Other.Evidence).Payload);

        Assert.Equal((ContentHash.Sha3, ContentHash.Sha256), (sha3.Hash, sha256.Hash));
        Assert.Empty(Digests(sha3).Intersect(Digests(sha256)));
        Assert.Equal(6, Digests(sha3).Distinct().Count());
        Assert.Equal((sha256.Instructions, sha256.Gas, sha256.TraceLeaves), (sha3.Instructions, sha3.Gas, sha3.TraceLeaves));
    }

    [Fact]
    public void Verify_PayloadThatNamesTheOtherHash_FailsWhateverSignedIt()
    {
        Verdict.Fails(StatementChecks.ExecutionHash, Run.Sign(Run.Payload with { Hash = ContentHash.Sha256 }).Encode());
        Verdict.Fails(StatementChecks.ExecutionHash, Other.Sign(Other.Payload with { Hash = ContentHash.Sha3 }).Encode());
    }

    // The execution hash alone made right: then nothing that is given fits.
    [Fact]
    public void Verify_EvidenceUnderTheOtherHash_FailsAtEachPart()
    {
        var claimed = Run.Sign((Other.Payload with { Hash = ContentHash.Sha3 }).WithExecutionHash()).Encode();

        Verdict.Valid(claimed);
        Verdict.Fails(StatementChecks.Module, claimed, new Evidence { Module = Run.Module });
        Verdict.Fails(StatementChecks.Input, claimed, new Evidence { Invocation = Other.Invocation.Encode() });
        Verdict.Fails(StatementChecks.Output, claimed, new Evidence { Output = Other.Output.Encode() });
        Verdict.Fails(StatementChecks.Trace, claimed, new Evidence { TraceLeaves = Other.Evidence.TraceLeaves });
    }

    // Key 7 is of the right bytes under the right hash, but what these commit to is under the other.
    [Fact]
    public void Verify_BlobsUnderTheOtherHash_FailAtTheirBytes()
    {
        var (input, output) = (Other.Invocation.Encode(), Other.Output.Encode());
        var claimed = Run.Sign((Run.Payload with { Input = ContentHash.Sha3.Of(input), Output = ContentHash.Sha3.Of(output) }).WithExecutionHash()).Encode();

        Verdict.Fails(StatementChecks.Input, claimed, new Evidence { Invocation = input, Stdin = Run.Stdin });
        Verdict.Fails(StatementChecks.Input, claimed, new Evidence { Invocation = input, BundleManifest = Run.Bundle!.ManifestUnder(ContentHash.Sha3) });
        Verdict.Fails(StatementChecks.Input, claimed, new Evidence { Invocation = input, BundleManifest = Run.Bundle!.Manifest });
        Verdict.Fails(StatementChecks.Output, claimed, new Evidence { Output = output, Stdout = Run.Stdout });
        Verdict.Fails(StatementChecks.Output, claimed, new Evidence { Output = output, Files = Run.Evidence.Files });
    }

    [Fact]
    public void TryRead_TraceFileUnderSha3_HasTheRootOfThePayload()
    {
        var leaves = Run.Evidence.TraceLeaves!;
        var trace = KeptTrace.Of(ContentHash.Sha3, [.. leaves.Select(leaf => ContentHash.Sha3.Leaf(leaf.Span))], leaves);
        using var file = new MemoryStream();
        TraceFile.Write(file, trace with { Leaves = [trace.Leaves[0], null, trace.Leaves[2]] });

        var read = TraceFile.TryRead(file.ToArray(), ContentHash.Sha3, out _)!;

        Assert.Equal(Run.Payload.TraceRoot, read.Root());
        Assert.Equal(trace.Root(), read.With(1, leaves[1]).Root());
        Assert.True(TraceClaims.Fit(Run.Payload, read));
        Assert.NotEqual(Run.Payload.TraceRoot, TraceFile.TryRead(file.ToArray(), ContentHash.Sha256, out _)!.Root());
    }

    [Fact]
    public void Run_HashThatTheMachineLacks_ChecksNothing()
    {
        var lacking = new ContentHash("sha3-256", "sha3-256:", HashAlgorithmName.SHA3_256, isSupported: false);
        using var key = SigningKey.FromSeed(Run.KeySeed);
        var statement = SignedStatement.Sign(key, Run.Payload with { Hash = lacking }, 0, 1);
        var checks = new List<StatementCheck>();

        EvidenceChecks.Run(statement, Run.Evidence, checks);
        var own = ExecutionHashCheck.Of(statement.Payload);

        Assert.Empty(checks);
        Assert.Equal((StatementChecks.ExecutionHash, false), (own.Name, own.Ok));
        Assert.Equal("This machine cannot compute sha3-256: its cryptographic library does not have it.", own.Detail);
    }

    private static Digest[] Digests(StatementPayload payload) =>
        [payload.Profile, payload.Module, payload.Input, payload.Output, payload.TraceRoot, payload.ExecutionHash];
}
