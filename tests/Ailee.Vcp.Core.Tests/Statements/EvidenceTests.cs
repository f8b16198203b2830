using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Core.Merkle;
using Ailee.Vcp.Core.Statements;
using Ailee.Vcp.Core.Tests.Bundles;

namespace Ailee.Vcp.Core.Tests.Statements;

/// <summary>A sound statement against evidence that it does not fit.</summary>
public sealed class EvidenceTests
{
    private static readonly SampleRun Run = SampleRuns.Command;
    private static readonly byte[] Valid = Run.Sign().Encode();

    [Fact]
    public void Verify_NoEvidence_MakesOnlyTheChecksOfItself() =>
        Assert.Equal(Verdict.SelfChecks, StatementVerifier.Verify(Valid, Evidence.None).Checks.Select(check => check.Name));

    [Fact]
    public void Verify_OtherModule_Fails()
    {
        Fails(StatementChecks.Module, Run.Evidence with { Module = Array.Empty<byte>() });
        Fails(StatementChecks.Module, Run.Evidence with { Module = Run.Module.Append((byte)0).ToArray() });
        Fails(StatementChecks.Module, Run.Evidence with { Module = Flipped(Run.Module) });
    }

    [Fact]
    public void Verify_OtherInvocation_FailsTheInput()
    {
        var other = Run.Invocation with { ClockNanoseconds = Run.Invocation.ClockNanoseconds + 1 };

        Fails(StatementChecks.Input, Run.Evidence with { Invocation = other.Encode() });
        Fails(StatementChecks.Input, Run.Evidence with { Invocation = SampleRuns.Trapped.Invocation.Encode(), Stdin = null });
    }

    [Fact]
    public void Verify_InvocationThatIsNone_FailsTheInput()
    {
        Fails(StatementChecks.Input, Run.Evidence with { Invocation = Array.Empty<byte>() });
        Fails(StatementChecks.Input, Run.Evidence with { Invocation = Run.Invocation.Encode().Append((byte)0).ToArray() });
        Fails(StatementChecks.Input, Run.Evidence with { Invocation = Run.Output.Encode() });
        Fails(StatementChecks.Input, Run.Evidence with { Invocation = new byte[16 * 1024 * 1024] });
    }

    [Fact]
    public void Verify_OtherStdin_FailsTheInput()
    {
        Fails(StatementChecks.Input, Run.Evidence with { Stdin = Array.Empty<byte>() });
        Fails(StatementChecks.Input, Run.Evidence with { Stdin = Flipped(Run.Stdin) });
        Fails(StatementChecks.Input, Run.Evidence with { Stdin = new byte[64 * 1024 * 1024] });
    }

    [Fact]
    public void Verify_StdinWithoutInvocation_FailsTheInput() =>
        Fails(StatementChecks.Input, new Evidence { Stdin = Run.Stdin });

    [Fact]
    public void Verify_OtherBundle_FailsTheInput()
    {
        var run = SampleRuns.WithFiles;
        var (valid, evidence) = (run.Sign().Encode(), run.Evidence);

        Verdict.Valid(valid, evidence);
        Verdict.Fails(StatementChecks.Input, valid, evidence with { BundleManifest = SampleBundles.Empty.Manifest });
        Verdict.Fails(StatementChecks.Input, valid, evidence with { BundleManifest = ReadOnlyMemory<byte>.Empty });
        Verdict.Fails(StatementChecks.Input, valid, new Evidence { BundleManifest = run.Bundle!.Manifest });
        // A bundle where the invocation names none.
        Fails(StatementChecks.Input, Run.Evidence with { BundleManifest = run.Bundle.Manifest });
    }

    [Fact]
    public void Verify_OtherFiles_FailTheOutput()
    {
        var run = SampleRuns.WithFiles;
        var (valid, evidence) = (run.Sign().Encode(), run.Evidence);
        var files = evidence.Files!;
        var (first, second) = (files.First(), files.First(file => file.Value.Length > 1000));
        IReadOnlyDictionary<string, ReadOnlyMemory<byte>>[] others =
        [
            new Dictionary<string, ReadOnlyMemory<byte>>(),
            files.Where(file => file.Key != first.Key).ToDictionary(),
            files.Append(new("more", ReadOnlyMemory<byte>.Empty)).ToDictionary(),
            files.Where(file => file.Key != first.Key).Append(new("renamed", first.Value)).ToDictionary(),
            new Dictionary<string, ReadOnlyMemory<byte>>(files) { [first.Key] = second.Value, [second.Key] = first.Value },
            new Dictionary<string, ReadOnlyMemory<byte>>(files) { [second.Key] = Flipped(second.Value.ToArray()) },
        ];

        Assert.All(others, other => Verdict.Fails(StatementChecks.Output, valid, evidence with { Files = other }));
        Verdict.Fails(StatementChecks.Output, valid, new Evidence { Files = files });
        Verdict.Valid(valid, evidence with { Files = null });
    }

    [Fact]
    public void Verify_OtherOutput_Fails()
    {
        Fails(StatementChecks.Output, Run.Evidence with { Output = (Run.Output with { Stderr = Blob.Empty }).Encode() });
        Fails(StatementChecks.Output, Run.Evidence with { Output = Array.Empty<byte>() });
        Fails(StatementChecks.Output, Run.Evidence with { Output = Run.Invocation.Encode() });
        Fails(StatementChecks.Output, Run.Evidence with { Stdout = Array.Empty<byte>() });
        Fails(StatementChecks.Output, Run.Evidence with { Stdout = Flipped(Run.Stdout) });
        Fails(StatementChecks.Output, Run.Evidence with { Stderr = Flipped(Run.Stderr) });
        Fails(StatementChecks.Output, Run.Evidence with { Stdout = Run.Stderr, Stderr = Run.Stdout });
    }

    [Fact]
    public void Verify_StdoutOrStderrWithoutOutput_FailsTheOutput()
    {
        Fails(StatementChecks.Output, new Evidence { Stdout = Run.Stdout });
        Fails(StatementChecks.Output, new Evidence { Stderr = Run.Stderr });
    }

    // Signed by the node itself: the digests fit, but the record does not fit the outcome.
    [Fact]
    public void Verify_TrapNameWithoutTrap_FailsTheOutput()
    {
        var named = Run with { Trap = "unreachable" };
        var unnamed = SampleRuns.Trapped with { Trap = null };

        Verdict.Fails(StatementChecks.Output, named.Sign().Encode(), named.Evidence);
        Verdict.Fails(StatementChecks.Output, unnamed.Sign().Encode(), unnamed.Evidence);
    }

    [Fact]
    public void Verify_GasBesideTheSchedule_Fails()
    {
        foreach (var difference in (long[])[-1, 1, 1000, -Run.Payload.Gas])
        {
            FailsSigned(StatementChecks.Gas, Run.Payload with { Gas = Run.Payload.Gas + difference });
        }

        // The trace ends with these too; without it only the gas shows.
        var evidence = Run.Evidence with { TraceLeaves = null };
        Verdict.Fails(StatementChecks.Gas, Run.Sign(Run.Payload with { MemoryPages = Run.MemoryPages + 1 }).Encode(), evidence);
        Verdict.Fails(StatementChecks.Gas, Run.Sign(Run.Payload with { Instructions = Run.Instructions + 1 }).Encode(), evidence);
    }

    [Fact]
    public void Verify_InstructionsBesideTheLimit_FailsTheLimits()
    {
        var beyond = Run with { Instructions = Run.BareInvocation.Limits.Instructions + 1 };
        var tooEarly = SampleRuns.OutOfFuel with { Instructions = SampleRuns.OutOfFuel.Instructions - 1 };

        Verdict.Fails(StatementChecks.Limits, beyond.Sign().Encode(), beyond.Evidence);
        Verdict.Fails(StatementChecks.Limits, tooEarly.Sign().Encode(), tooEarly.Evidence);
    }

    [Theory]
    [InlineData("memory")]
    [InlineData("stdout")]
    [InlineData("output limit")]
    [InlineData("results")]
    [InlineData("nothing left")]
    [InlineData("function")]
    [InlineData("function of bytes")]
    [InlineData("results of a function of bytes")]
    [InlineData("a file that no pattern names")]
    [InlineData("files without patterns")]
    [InlineData("more bytes in files")]
    [InlineData("more files")]
    [InlineData("a path upwards")]
    [InlineData("an absolute path")]
    [InlineData("patterns not in their canonical form")]
    [InlineData("files that were not too many")]
    public void Verify_NoRunCanEndSo_FailsTheLimits(string claim)
    {
        var limits = Run.BareInvocation.Limits;
        var lie = claim switch
        {
            "memory" => Run with { BareInvocation = Run.BareInvocation with { Limits = limits with { MemoryBytes = (Run.MemoryPages * 65536) - 1 } } },
            "stdout" => Run with { BareInvocation = Run.BareInvocation with { Limits = limits with { StdoutBytes = Run.Output.Stdout.Length - 1 } } },
            "output limit" => SampleRuns.OutputLimit with { BareInvocation = SampleRuns.OutputLimit.BareInvocation with { Limits = limits } },
            "results" => SampleRuns.Function with { Entrypoint = "_start", BareInvocation = Run.BareInvocation },
            "nothing left" => Run with { Instructions = limits.Instructions },
            "function of bytes" => SampleRuns.FunctionOfBytes with { Entrypoint = "_start" },
            "results of a function of bytes" => SampleRuns.FunctionOfBytes with { Results = SampleRuns.Function.Results },
            "a file that no pattern names" => WithOutputs("out"),
            "files without patterns" => WithOutputs(),
            "more bytes in files" => WithLimits(limits with { ScratchBytes = Files.Files.Values.Sum(file => file.Length) - 1 }),
            "more files" => WithLimits(limits with { ScratchEntries = Files.Files.Count - 1 }),
            "a path upwards" => WithOutputs("**") with { Files = new Dictionary<string, byte[]> { ["a/../../b"] = [] } },
            "an absolute path" => WithOutputs("**") with { Files = new Dictionary<string, byte[]> { ["/a"] = [] } },
            "patterns not in their canonical form" => WithOutputs("./**"),
            "files that were not too many" => SampleRuns.FilesLimit with { Files = new Dictionary<string, byte[]> { ["a"] = new byte[20], ["b"] = [.. Enumerable.Repeat((byte)1, 30)] } },
            _ => Run with { Entrypoint = "run" },
        };

        Verdict.Fails(StatementChecks.Limits, lie.Sign().Encode(), lie.Evidence);
    }

    // What was left out must have been possible: scratch itself is within its limit.
    [Theory]
    [InlineData(100, true, 60)]
    [InlineData(100, true, 40, 40)]
    [InlineData(100, true, 50, 50)]
    [InlineData(100, false, 50)]
    [InlineData(100, true, 40, 50)]
    [InlineData(100, false, 20, 30)]
    [InlineData(100, true, 40, 55)]
    [InlineData(100, false)]
    [InlineData(0, false, 0)]
    public void Verify_OutputLimitByFiles_HoldsIfAFileMayHaveBeenLeftOut(long scratchBytes, bool valid, params int[] lengths)
    {
        var run = SampleRuns.FilesLimit with
        {
            Files = lengths.Select((length, index) => (Name: $"f{index}", Data: new byte[length])).ToDictionary(file => file.Name, file => file.Data),
            BareInvocation = SampleRuns.FilesLimit.BareInvocation with { Limits = Run.BareInvocation.Limits with { ScratchBytes = scratchBytes } },
        };

        var report = StatementVerifier.Verify(run.Sign().Encode(), run.Evidence);

        Assert.Equal(valid, report.Valid);
        Assert.Equal(valid ? null : StatementChecks.Limits, report.FirstFailure?.Name);
    }

    // 256 of the longest are a mebibyte.
    [Theory]
    [InlineData(Outcome.Completed, 256, 0, true)]
    [InlineData(Outcome.Completed, 256, 1, false)]
    [InlineData(Outcome.OutputLimit, 256, 0, true)]
    [InlineData(Outcome.OutputLimit, 256, 1, false)]
    [InlineData(Outcome.OutputLimit, 255, 1, true)]
    [InlineData(Outcome.OutputLimit, 255, 0, false)]
    public void Verify_PathsOfFiles_HaveAMebibyteTogether(Outcome outcome, int longest, int shortest, bool valid)
    {
        var paths = Enumerable.Range(0, longest).Select(number => $"{number:x3}/{string.Concat(Enumerable.Repeat("a/", 2045))}bc").Concat(Enumerable.Repeat("z", shortest));
        var run = SampleRuns.FilesLimit with
        {
            Outcome = outcome,
            ExitCode = outcome == Outcome.Completed ? 0 : StatementPayload.NoExit,
            Files = paths.ToDictionary(path => path, _ => Array.Empty<byte>()),
        };

        var report = StatementVerifier.Verify(run.Sign().Encode(), run.Evidence);

        Assert.Equal(valid ? null : StatementChecks.Limits, report.FirstFailure?.Name);
    }

    // Lengths in evidence are the evidence's word; their sum must not wrap around to a gas that fits.
    [Fact]
    public void Verify_AbsurdLengthsInEvidence_FailTheGas()
    {
        var invocation = Run.Invocation with { Stdin = new Blob(long.MaxValue, Digest.Of([])) };
        var output = Run.Output with { Stdout = invocation.Stdin, Stderr = invocation.Stdin };
        var (input, result) = (Digest.Of(invocation.Encode()), Digest.Of(output.Encode()));
        var payload = Run.Payload with { Input = input, Output = result, Gas = long.MaxValue };

        var evidence = new Evidence { Invocation = invocation.Encode(), Output = output.Encode() };
        Verdict.Fails(StatementChecks.Gas, Run.Sign(payload.WithExecutionHash()).Encode(), evidence);
    }

    [Fact]
    public void Verify_InputOrOutputAlone_SaysNothingOfGas()
    {
        var report = StatementVerifier.Verify(Valid, Run.Evidence with { Output = null, Stdout = null, Stderr = null, Files = null });

        Assert.True(report.Valid);
        Assert.DoesNotContain(report.Checks, check => check.Name is StatementChecks.Gas or StatementChecks.Output);
    }

    [Fact]
    public void Verify_OtherTrace_Fails()
    {
        var leaves = Run.Evidence.TraceLeaves!;

        Fails(StatementChecks.Trace, Run.Evidence with { TraceLeaves = [] });
        Fails(StatementChecks.Trace, Run.Evidence with { TraceLeaves = [.. leaves.Skip(1)] });
        Fails(StatementChecks.Trace, Run.Evidence with { TraceLeaves = [.. leaves.Reverse()] });
        Fails(StatementChecks.Trace, Run.Evidence with { TraceLeaves = [.. leaves, leaves[^1]] });
        Fails(StatementChecks.Trace, Run.Evidence with { TraceLeaves = [.. leaves.SkipLast(1), Flipped(leaves[^1].ToArray())] });
    }

    // The root fits, the signed number of leaves does not.
    [Fact]
    public void Verify_TraceCountThatLies_Fails() =>
        FailsSigned(StatementChecks.Trace, Run.Payload with { TraceLeaves = Run.Payload.TraceLeaves + 1 });

    [Fact]
    public void Verify_SeveralMismatches_NamesThemAllInOrder()
    {
        var evidence = SampleRuns.Trapped.Evidence with { Key = null, Module = Array.Empty<byte>(), TraceLeaves = [] };

        var report = StatementVerifier.Verify(Valid, evidence);

        Assert.Equal(["module", "input", "output", "trace"], report.Checks.Where(check => !check.Ok).Select(check => check.Name));
    }

    private static SampleRun Files => SampleRuns.WithFiles;

    private static SampleRun WithOutputs(params string[] outputs) => Files with { BareInvocation = Files.BareInvocation with { Outputs = outputs } };

    private static SampleRun WithLimits(DeterministicLimits limits) => Files with { BareInvocation = Files.BareInvocation with { Limits = limits } };

    private static void Fails(string check, Evidence evidence)
    {
        var report = Verdict.Fails(check, Valid, evidence);
        Assert.Single(report.Checks, each => !each.Ok);
    }

    private static void FailsSigned(string check, StatementPayload payload)
    {
        var report = Verdict.Fails(check, Run.Sign(payload).Encode(), Run.Evidence);
        Assert.Single(report.Checks, each => !each.Ok);
    }

    private static byte[] Flipped(byte[] bytes) => [.. bytes.SkipLast(1), (byte)(bytes[^1] ^ 1)];
}
