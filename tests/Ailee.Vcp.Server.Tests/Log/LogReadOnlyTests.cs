using System.Net;
using Ailee.Vcp.Client;
using Ailee.Vcp.Client.Tasks;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Cose;
using Ailee.Vcp.Core.Log;
using Ailee.Vcp.Core.Statements;
using Ailee.Vcp.Server.Log;
using Ailee.Vcp.Server.Tests.Hosting;

namespace Ailee.Vcp.Server.Tests.Log;

/// <summary>A checkpoint with our own signature that contradicts the log ends it.</summary>
public sealed class LogReadOnlyTests : IDisposable
{
    private readonly TempDirectory _directory = new();

    [Fact]
    public async Task Present_WhatWasServed_Consistent()
    {
        await using var server = await StartAsync();
        var seen = new List<byte[]> { server.Sign(0, LogCalls.EmptyRoot), await server.Client.GetCheckpointAsync(default) };
        await server.AppendAsync(300);
        seen.Add(await server.Client.GetCheckpointAsync(default));

        foreach (var note in seen)
        {
            var answer = await server.Client.PresentCheckpointAsync(note, default);
            Assert.Equal((302, true), (answer.Size, answer.Consistent));
        }

        Assert.Null((await server.Client.GetStatsAsync(default)).Log!.ReadOnly);
    }

    [Fact]
    public async Task Present_NotOurs_RefusedAndNothingChanges()
    {
        await using var server = await StartAsync();
        using var foreign = SigningKey.Create();
        var origin = (await server.CheckpointAsync()).Origin;
        var fork = server.Sign(2, Digest.Of("fork"u8));
        byte[][] notes =
        [
            [],
            [0xff],
            new byte[SignedNote.MaxSizeBytes],
            fork[..^1],
            [.. fork, (byte)'\n'],
            LogCalls.Sign(origin, foreign, 1000, Digest.Of("root"u8)),
            LogCalls.Sign("other.example/log", server.Get<LogKeys>().Log, 1000, Digest.Of("root"u8)),
            LogCalls.Sign(origin, server.Get<LogKeys>().Orchestrator, 1000, Digest.Of("root"u8)),
        ];

        foreach (var note in notes)
        {
            await Calls.RefusedAsync(HttpStatusCode.UnprocessableEntity, "checkpoint-invalid", () => server.Client.PresentCheckpointAsync(note, default));
        }

        for (var at = 0; at < fork.Length; at++)
        {
            var tampered = (byte[])fork.Clone();
            tampered[at] ^= 1;
            await Calls.RefusedAsync(HttpStatusCode.UnprocessableEntity, "checkpoint-invalid", () => server.Client.PresentCheckpointAsync(tampered, default));
        }

        await server.Http.PostAsync("api/v1/log/checkpoint", new byte[SignedNote.MaxSizeBytes + 1], MediaTypes.Text).ProblemAsync("body-too-large");
        await server.Http.PostAsync("api/v1/log/checkpoint", fork, MediaTypes.Json).ProblemAsync("unsupported-media-type");
        Assert.Null((await server.Client.GetStatsAsync(default)).Log!.ReadOnly);
        await server.AppendAsync(1);
    }

    [Theory]
    [InlineData(3, "log-behind")]
    [InlineData(1_000_000, "log-behind")]
    [InlineData(2, "log-forked")]
    [InlineData(1, "log-forked")]
    [InlineData(0, "log-forked")]
    public async Task Present_OwnSignatureThatContradicts_NothingIsSignedAnyMoreAlsoAfterARestart(long size, string code)
    {
        var server = await StartAsync();
        var before = await server.Client.GetCheckpointAsync(default);
        var module = await server.Client.UploadAsync(Guests.Math);
        var waiting = await server.Client.SubmitAsync(module, "add", 1, 2);
        var exception = await Calls.RefusedAsync(HttpStatusCode.Conflict, code, () => server.Client.PresentCheckpointAsync(server.Sign(size, Digest.Of("other"u8)), default));
        Assert.NotEmpty(exception.Message);

        for (var start = 0; start < 2; start++)
        {
            await AssertReadOnlyAsync(server, code, module, before);
            Assert.Equal(TaskStates.Queued, (await server.Client.GetTaskAsync(waiting, null, default)).State);
            server = await server.RestartAsync();
        }

        await server.DisposeAsync();
    }

    [Fact]
    public async Task Present_AfterAContradiction_TheFirstReasonStays()
    {
        await using var server = await StartAsync();
        await Calls.RefusedAsync(HttpStatusCode.Conflict, "log-forked", () => server.Client.PresentCheckpointAsync(server.Sign(1, Digest.Of("other"u8)), default));
        await Calls.RefusedAsync(HttpStatusCode.Conflict, "log-behind", () => server.Client.PresentCheckpointAsync(server.Sign(9, Digest.Of("other"u8)), default));

        Assert.StartsWith("log-forked: ", (await server.Client.GetStatsAsync(default)).Log!.ReadOnly, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Report_OfARunningAttempt_WaitsAndDecidesNothing()
    {
        await using var server = await StartAsync();
        using var node = new ActingNode(server);
        var id = await server.Client.SubmitAsync(await server.Client.UploadAsync(Guests.Math), "add", 1, 2);
        var report = await node.ReportAsync(await node.LeaseAsync());
        await Calls.RefusedAsync(HttpStatusCode.Conflict, "log-behind", () => server.Client.PresentCheckpointAsync(server.Sign(9, Digest.Of("other"u8)), default));

        using var stop = new CancellationTokenSource();
        var reporting = node.Gateway.ReportAsync(report, stop.Token);
        var leasing = node.Gateway.LeaseAsync(1, stop.Token);

        Assert.False(reporting.IsCompleted || leasing.IsCompleted);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reporting);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leasing);
        var task = await server.Client.GetTaskAsync(id, null, default);
        Assert.Equal((TaskStates.Running, "running"), (task.State, Assert.Single(task.Attempts).State));
        Assert.Empty(task.Proofs);
    }

    public void Dispose() => _directory.Dispose();

    private static async Task AssertReadOnlyAsync(RunningServer server, string code, Digest module, byte[] before)
    {
        Assert.StartsWith(code + ": ", (await server.Client.GetStatsAsync(default)).Log!.ReadOnly, StringComparison.Ordinal);
        await server.Http.GetAsync("health/ready").ProblemAsync("log-read-only");

        Assert.Contains("vcp_log_read_only 1", await server.Http.GetStringAsync("metrics"), StringComparison.Ordinal);
        var refused = await Calls.RefusedAsync(HttpStatusCode.ServiceUnavailable, "log-read-only", () => server.Client.SubmitAsync(module, "add", 2, 2));
        Assert.Contains("docs/operations/log.md", refused.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<LogReadOnlyException>(() =>
            server.Database.WriteAsync(transaction => LogStore.Append(transaction, Digest.Of("more"u8), StatementKind.Execution, DateTimeOffset.UnixEpoch)));
        Assert.Equal(2, server.Entries().Count);
        // What was published stays.
        Assert.Equal(before, await server.Client.GetCheckpointAsync(default));
        var genesis = await server.Client.GetTransparentStatementAsync(server.Entries()[0], TimeSpan.Zero, default);
        Assert.True(StatementVerifier.Verify(genesis, new Evidence { LogKey = await server.Client.GetLogKeyAsync(default) }).Valid);
    }

    private Task<RunningServer> StartAsync() => LogCalls.StartAsync(new ServerSetup { NodeWorks = false, Directory = _directory.Path });
}
