using Ailee.Vcp.Client.Tasks;
using Ailee.Vcp.Core;
using Ailee.Vcp.Server.Tests.Hosting;

namespace Ailee.Vcp.Server.Tests.Tasks;

/// <summary>What becomes of guests that do not simply return.</summary>
public sealed class TaskOutcomeTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    [Theory]
    [InlineData("unreachable")]
    [InlineData("memory-out-of-bounds")]
    [InlineData("table-out-of-bounds")]
    [InlineData("indirect-call-to-null")]
    [InlineData("bad-signature")]
    [InlineData("integer-overflow")]
    [InlineData("integer-division-by-zero")]
    [InlineData("bad-conversion-to-integer")]
    public async Task Run_Trap_CompletedWithItsName(string trap)
    {
        var module = await fixture.Client.UploadAsync(Guests.Traps);

        var task = await fixture.Client.RunAsync(module, trap);

        Assert.Equal(TaskStates.Completed, task.State);
        Assert.Equal(("trapped", trap, null), (task.Result!.Outcome, task.Result.Trap, task.Result.ExitCode));
        Assert.Empty(task.Result.Results);
        Assert.Single(task.Proofs);
        Assert.Null(task.Failure);
    }

    [Fact]
    public async Task Run_EndlessLoop_OutOfFuelAtTheLimit()
    {
        var request = Calls.Function(await fixture.Client.UploadAsync(Guests.EndlessLoop), "run") with { Limits = new TaskLimits { Instructions = 1_000_000 } };

        var task = await fixture.Client.RunAsync(request);

        Assert.Equal((TaskStates.Completed, "out-of-fuel", null), (task.State, task.Result!.Outcome, task.Result.ExitCode));
        Assert.Equal(1_000_000, task.Metrics!.Instructions);
        Assert.Single(task.Proofs);
    }

    [Theory]
    [InlineData("out", 200_000, 0)]
    [InlineData("err", 0, 4096)]
    public async Task Run_Flood_OutputLimitKeepsWhatFits(string stream, long stdout, long stderr)
    {
        var task = await fixture.Client.RunAsync(await fixture.Client.UploadAsync(Guests.Flood), stream);

        Assert.Equal((TaskStates.Completed, "output-limit"), (task.State, task.Result!.Outcome));
        Assert.Equal((stdout, stderr), (task.Result.Output.SizeBytes, task.Result.Stderr.SizeBytes));
        Assert.Single(task.Proofs);
    }

    [Fact]
    public async Task Run_PastItsWallTime_FailedWithoutProofOrRetry()
    {
        var request = Calls.Function(await fixture.Client.UploadAsync(Guests.EndlessLoop), "run") with { Limits = new TaskLimits { TimeoutMs = 20 } };

        var task = await fixture.Client.RunAsync(request);

        await AssertFailedAsync(task, "timeout", ("inconclusive", "timeout"));
    }

    [Fact]
    public async Task Run_StackBomb_FailedWithoutProofOrRetry()
    {
        var task = await fixture.Client.RunAsync(await fixture.Client.UploadAsync(Guests.StackBomb), "run");

        await AssertFailedAsync(task, "stack-limit", ("inconclusive", "stack-limit"));
    }

    [Fact]
    public async Task Run_EngineFault_TriedAgainAndNeverSigned()
    {
        var module = await fixture.Client.UploadAsync(Guests.Unique(1000));
        await BreakAsync(module);

        var task = await fixture.Client.RunAsync(module, "run");

        await AssertFailedAsync(task, "attempts-exhausted", [.. Enumerable.Repeat(("inconclusive", "engine-fault"), 5)]);
        Assert.Equal([1, 2, 3, 4, 5], task.Attempts.Select(attempt => attempt.Number));
    }

    [Fact]
    public async Task Run_AfterAnEngineFaultIsMended_Completed()
    {
        var module = await fixture.Client.UploadAsync(Guests.Unique(1001));
        var content = await fixture.Client.GetModuleContentAsync(module, default);
        await BreakAsync(module);
        await fixture.Client.RunAsync(module, "run");
        await SetContentAsync(module, content);

        var task = await fixture.Client.RunAsync(module, "run");

        Assert.Equal("completed", task.Result!.Outcome);
    }

    [Fact]
    public async Task Run_AttemptsAllowed_AreTheOptions()
    {
        await using var server = await RunningServer.StartAsync(new ServerSetup { Configuration = { ["Tasks:MaxAttempts"] = "2" } });
        var module = await server.Client.UploadAsync(Guests.Unique(1002));
        server.Sandbox.Forget(module);
        await server.Database.WriteAsync(transaction => transaction.Execute("DELETE FROM module_contents"));

        var task = await server.Client.RunAsync(module, "run");

        Assert.Equal(("attempts-exhausted", 2), (task.Failure!.Code, task.Attempts.Count));
    }

    // Other bytes under the module's name, and nothing compiled: the node cannot run it, which is nothing that the guest did.
    private async Task BreakAsync(Digest module)
    {
        fixture.Server.Sandbox.Forget(module);
        await SetContentAsync(module, [1, 2, 3]);
    }

    private Task<int> SetContentAsync(Digest module, byte[] content) => fixture.Server.Database.WriteAsync(transaction => transaction.Execute(
        "UPDATE module_contents SET content = $content WHERE digest = $digest",
        ("$content", content),
        ("$digest", module.ToArray())));

    private async Task AssertFailedAsync(ComputeTask task, string code, params (string State, string Reason)[] attempts)
    {
        Assert.Equal((TaskStates.Failed, code), (task.State, task.Failure?.Code));
        Assert.False(string.IsNullOrWhiteSpace(task.Failure!.Message));
        Assert.Equal(attempts, task.Attempts.Select(attempt => (attempt.State, attempt.Reason!)));
        Assert.Null(task.Result);
        Assert.Null(task.Metrics);
        Assert.Empty(task.Proofs);
        Assert.Empty((await fixture.Client.ListProofsAsync(task.Id, null, null, null, null, default)).Items);
    }
}
