using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Core.Merkle;
using Ailee.Vcp.Core.Statements;
using Ailee.Vcp.Sandbox.Execution;

namespace Ailee.Vcp.Sandbox.Tests.Execution;

public sealed class OutputLimitTests(SandboxFixture fixture)
{
    private const int Limit = 70_001;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Execute_Flood_KeepsExactlyTheLimit(int descriptor)
    {
        var first = await FloodAsync(descriptor);
        var second = await FloodAsync(descriptor);

        var kept = descriptor == 1 ? first.Stdout : first.Stderr;
        Assert.Equal(Outcome.OutputLimit, first.Outcome);
        Assert.Equal(StatementPayload.NoExit, first.ExitCode);
        Assert.Equal(Enumerable.Range(0, Limit).Select(i => (byte)(i / 1000)), kept.ToArray());
        Assert.Equal(Blob.Of(kept.Span), descriptor == 1 ? first.Output.Stdout : first.Output.Stderr);
        Assert.Equal(0, (descriptor == 1 ? first.Stderr : first.Stdout).Length);
        Assert.Equal(first.Instructions, second.Instructions);
        Assert.Equal(first.Trace.Root, second.Trace.Root);
        Assert.InRange(first.Instructions, Limit, SandboxFixture.DefaultLimits.Instructions - 1);
    }

    [Theory]
    [InlineData(100, Outcome.Completed)]
    [InlineData(101, Outcome.OutputLimit)]
    public async Task Execute_WriteAtTheLimit_OnlyMoreThanItEndsTheGuest(int length, Outcome outcome)
    {
        var run = await new GuestScript().Dump(0, length).RunAsync(fixture, Limited(100));

        Assert.Equal(outcome, run.Result.Outcome);
        Assert.Equal(100, run.Dumped.Length);
    }

    [Fact]
    public async Task Execute_NothingWrittenAtTheLimit_Completes()
    {
        var run = await new GuestScript().Dump(0, 100).Dump(0, 0).RunAsync(fixture, Limited(100));

        Assert.Equal(Outcome.Completed, run.Result.Outcome);
    }

    [Fact]
    public async Task Execute_LimitInsideASecondVector_KeepsItsFirstBytes()
    {
        var script = new GuestScript().Data(100, "abcdefgh"u8).Vectors(0, (100, 4), (104, 4)).Call("fd_write", 1, 0, 2, 16);

        var run = await script.RunAsync(fixture, Limited(6));

        Assert.Equal(Outcome.OutputLimit, run.Result.Outcome);
        Assert.Equal("abcdef"u8.ToArray(), run.Dumped);
    }

    [Fact]
    public async Task Execute_NoOutputAllowed_FirstByteEndsTheGuest()
    {
        var run = await new GuestScript().Dump(0, 1).RunAsync(fixture, Limited(0));

        Assert.Equal(Outcome.OutputLimit, run.Result.Outcome);
        Assert.Empty(run.Dumped);
    }

    [Fact]
    public async Task Execute_Flood_LastRecordHasWhatWasKept()
    {
        var run = await new GuestScript().Data(0, "abcdefgh"u8).Dump(0, 8).RunAsync(fixture, Limited(5));

        var record = Assert.Single(DecodedTrace.Of(run.Result.Trace).Calls);
        Assert.Equal("fd_write", record.Name);
        Assert.Equal(Ailee.Vcp.Core.Digest.Of("abcde"u8), record.Moved);
        Assert.Equal(run.Result.Instructions, record.Instructions);
    }

    private Task<ExecutionResult.Conclusive> FloodAsync(int descriptor) => fixture.ConcludeAsync(
        SandboxFixture.Guest("flood.wat"),
        invocation: Limited(Limit) with { FunctionArguments = [SandboxFixture.I32(descriptor)] });

    private static Invocation Limited(long bytes) =>
        SandboxFixture.Function() with { Limits = SandboxFixture.DefaultLimits with { StdoutBytes = bytes, StderrBytes = bytes } };
}
