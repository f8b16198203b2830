using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Sandbox.Execution;

namespace Ailee.Vcp.Sandbox.Tests.Execution;

/// <summary>Limits of the file system refuse with an errno and the guest runs on; what it got until then is exactly the limit.</summary>
public sealed class FileLimitTests(SandboxFixture fixture)
{
    private static readonly DeterministicLimits Limits = SandboxFixture.DefaultLimits with { ScratchBytes = 100_000, ScratchEntries = 200, Descriptors = 50 };

    [Theory]
    [InlineData("bytes", 100, Errno.NoSpace)]
    [InlineData("holes", 100, Errno.NoSpace)]
    [InlineData("files", 200, Errno.NoSpace)]
    [InlineData("symlinks", 200, Errno.NoSpace)]
    [InlineData("links", 200, Errno.NoSpace)]
    [InlineData("depth", 200, Errno.NoSpace)]
    [InlineData("descriptors", 45, Errno.TooManyOpen)]
    public async Task Execute_Fill_ServedUpToTheLimit(string function, int served, int errno)
    {
        var result = await FillAsync(function, Limits);

        Assert.Equal(Outcome.Completed, result.Outcome);
        Assert.Equal([SandboxFixture.I32(served), SandboxFixture.I32(errno)], result.Output.Results);
        Assert.Equal(errno, DecodedTrace.Of(result.Trace).Calls[^1].Errno);
    }

    [Theory]
    [InlineData("bytes", 0)]
    [InlineData("holes", 0)]
    [InlineData("files", 0)]
    [InlineData("descriptors", 0)]
    public async Task Execute_FillWithNothingAllowed_RefusedAtOnce(string function, int served)
    {
        var result = await FillAsync(function, Limits with { ScratchBytes = 0, ScratchEntries = function is "files" ? 0 : 10, Descriptors = function is "descriptors" ? 5 : 50 });

        Assert.Equal(SandboxFixture.I32(served), result.Output.Results[0]);
    }

    [Theory]
    [InlineData("bytes")]
    [InlineData("holes")]
    [InlineData("files")]
    [InlineData("symlinks")]
    [InlineData("links")]
    [InlineData("depth")]
    public async Task Execute_FillWithoutALimitThatHolds_OutOfFuelAtTheLimit(string function)
    {
        var result = await FillAsync(function, Limits with { ScratchBytes = 1 << 30, ScratchEntries = 1_000_000, Instructions = 1_000_000 });

        Assert.Equal(Outcome.OutOfFuel, result.Outcome);
        Assert.Equal(1_000_000, result.Instructions);
    }

    [Theory]
    [InlineData("bytes")]
    [InlineData("files")]
    [InlineData("depth")]
    public async Task Execute_FillPastTheDeadline_Timeout(string function)
    {
        var invocation = SandboxFixture.Function() with { Limits = Limits };

        var result = await fixture.RunAsync(SandboxFixture.Guest("fill.wat"), function, invocation, timeout: TimeSpan.Zero);

        Assert.Equal(InconclusiveReason.Timeout, Assert.IsType<ExecutionResult.Inconclusive>(result).Reason);
    }

    [Fact]
    public async Task Execute_HostCallsOnFilesWithoutALoop_OutOfFuelAtTheLimit()
    {
        var script = new GuestScript();
        for (var i = 0; i < 1000; i++)
        {
            script.Call("path_filestat_get", GuestFiles.Root, 1, 0, 0, GuestFiles.Result);
        }

        var run = await script.RunAsync(fixture, SandboxFixture.Function() with { Limits = Limits with { Instructions = 50_000 } });

        // Each call costs 100 and six of the guest's own; the last one could not be paid.
        Assert.Equal(Outcome.OutOfFuel, run.Result.Outcome);
        Assert.Equal(50_000, run.Result.Instructions);
        Assert.Equal(49_999 / 106, DecodedTrace.Of(run.Result.Trace).Calls.Count);
    }

    [Theory]
    [InlineData("bytes")]
    [InlineData("depth")]
    [InlineData("descriptors")]
    public async Task Execute_FillTwice_CountsAndRecordsTheSame(string function)
    {
        var first = await FillAsync(function, Limits);
        var second = await FillAsync(function, Limits);

        Assert.Equal(first.Instructions, second.Instructions);
        Assert.Equal(first.Trace.Root, second.Trace.Root);
    }

    [Fact]
    public async Task Execute_DirectoriesTenThousandDeep_HostHasStackEnough()
    {
        var result = await FillAsync("depth", Limits with { ScratchEntries = 10_000 });

        Assert.Equal([SandboxFixture.I32(10_000), SandboxFixture.I32(Errno.NoSpace)], result.Output.Results);
    }

    [Fact]
    public async Task Execute_WriteOfTheWholeMemoryAThousandTimes_OutOfFuelBeforeTheFirstByte()
    {
        var vectors = Enumerable.Repeat((0L, (long)GuestScript.MemoryBytes), 1024).ToArray();

        var run = await new GuestScript().Vectors(0, vectors).Open("f", GuestFiles.Create).Call("fd_write", GuestFiles.First, 0, 1024, 16384).RunAsync(fixture);

        Assert.Equal(Outcome.OutOfFuel, run.Result.Outcome);
        Assert.Equal(SandboxFixture.DefaultLimits.Instructions, run.Result.Instructions);
        Assert.Equal(["path_open"], DecodedTrace.Of(run.Result.Trace).Calls.Select(call => call.Name));
    }

    private Task<ExecutionResult.Conclusive> FillAsync(string function, DeterministicLimits limits) =>
        fixture.ConcludeAsync(SandboxFixture.Guest("fill.wat"), function, SandboxFixture.Function() with { Limits = limits });
}
