using System.Text;
using Ailee.Vcp.Cli.Log;
using Ailee.Vcp.Client;
using Ailee.Vcp.Core.Log;
using Microsoft.AspNetCore.Http;

namespace Ailee.Vcp.Cli.Tests.Log;

public sealed class FollowTests : IDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly InstantTime _time = new();

    [Fact]
    public async Task Follow_GrowingLog_StoresEachStepAndSaysIt()
    {
        await using var server = await LogServer.StartAsync(new TestLog(10));
        foreach (var size in (int[])[10, 11, 256, 257, 70_000])
        {
            server.Log.Fill(size);

            var run = await OnceAsync(server.Address);

            Assert.Equal((0, string.Empty), (run.ExitCode, run.Stderr));
            Assert.Contains($"{size} entries, root {server.Log.Root}\n", run.Stdout, StringComparison.Ordinal);
            Assert.Contains($"\\n{size}\\n", File.ReadAllText(State), StringComparison.Ordinal);
        }

        // The same again is nothing to tell.
        Assert.Equal((0, string.Empty), (await OnceAsync(server.Address)) is { } same ? (same.ExitCode, same.Stdout) : default);
        Assert.Equal([State], Directory.GetFiles(Path.GetDirectoryName(State)!));
    }

    [Fact]
    public async Task Follow_OutagesAndARestart_AreNoAlarm()
    {
        var log = new TestLog(10);
        await using var server = await LogServer.StartAsync(log);
        var (requests, fork) = (0, new TestLog(400, "other"));
        server.Before = context =>
        {
            if (context.Request.Path != "/api/v1/log/checkpoint" || context.Request.Method != "GET")
            {
                return false;
            }

            switch (++requests)
            {
                case 2 or 3:
                    context.Response.StatusCode = 503;
                    return true;
                case 4:
                    context.Abort();
                    return true;
                case 5:
                    context.Response.ContentLength = 500;
                    context.Response.Body.WriteAsync(new byte[100]).AsTask().GetAwaiter().GetResult();
                    context.Abort();
                    return true;
                case 6 or 7 or 8 or 9 or 10:
                    context.Response.StatusCode = 502;
                    return true;
                case 11:
                    log.Fill(300);
                    return false;
                case 13:
                    server.Log = fork;
                    return false;
                default:
                    return false;
            }
        };

        var run = await FollowAsync(server.Address);

        Assert.Equal(ExitCodes.Alarm, run.ExitCode);
        Assert.Equal(13, requests);
        Assert.Equal([1, 1, 2, 4, 8, 16, 32, 60, 60, 60, 1, 1], _time.Waits.Select(wait => wait.TotalSeconds));
        Assert.Contains("10 to 300 entries", run.Stdout, StringComparison.Ordinal);
        Assert.Equal(9, run.Stderr.Split("Trying again").Length - 1);
        Assert.Contains("does not begin with the 300", run.Stderr, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(400, "does not begin with the 300")]
    [InlineData(301, "does not begin with the 300")]
    [InlineData(300, "two roots for 300 entries")]
    [InlineData(299, "had 300 entries and now shows 299")]
    [InlineData(1, "had 300 entries and now shows 1")]
    public async Task Follow_ReallyForkedOrRolledBack_KeepsTheStateAndTheEvidence(int size, string why)
    {
        var log = new TestLog(300);
        await using var server = await LogServer.StartAsync(log);
        await OnceAsync(server.Address);
        var state = File.ReadAllBytes(State);
        server.Log = new TestLog(size, "other");

        var run = await FollowAsync(server.Address);

        Assert.Equal(ExitCodes.Alarm, run.ExitCode);
        Assert.Contains("THE LOG HAS FORKED OR WENT BACK", run.Stderr, StringComparison.Ordinal);
        Assert.Contains(why, run.Stderr, StringComparison.Ordinal);
        Assert.Equal(state, File.ReadAllBytes(State));
        var kept = Directory.GetFiles(Path.GetDirectoryName(State)!, "state.alarm-*").Order().Select(File.ReadAllBytes).ToList();
        Assert.Equal([server.Log.Note(), log.Note()], kept);
        // A log that shows more cannot be told by less; one that shows no more is.
        Assert.Equal(size <= 300 ? [log.Note()] : [], server.Presented);
        Assert.Equal(size <= 300, run.Stderr.Contains("log-behind", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Follow_SameLogRolledBack_IsAnAlarm()
    {
        var log = new TestLog(300);
        await using var server = await LogServer.StartAsync(log);
        await OnceAsync(server.Address);
        server.Note = log.Note(299);

        Assert.Equal(ExitCodes.Alarm, (await OnceAsync(server.Address)).ExitCode);
    }

    [Fact]
    public async Task Follow_FalseConsistencyProof_IsAnAlarm()
    {
        var log = new TestLog(300);
        await using var server = await LogServer.StartAsync(log);
        await OnceAsync(server.Address);
        var before = log.Consistency(200, 300);
        log.Fill(400);
        server.Before = context =>
        {
            if (context.Request.Path != "/api/v1/log/consistency")
            {
                return false;
            }

            var view = new Client.Log.ConsistencyView(300, 400, "sha256:", "sha256:", [.. before.Path.Select(hash => hash.ToString())]);
            Results.Json(view, VcpJson.Default.ConsistencyView).ExecuteAsync(context).GetAwaiter().GetResult();
            return true;
        };

        Assert.Equal(ExitCodes.Alarm, (await OnceAsync(server.Address)).ExitCode);
    }

    [Theory]
    [InlineData("<html>Sign in</html>", "no checkpoint")]
    [InlineData("", "no checkpoint")]
    [InlineData(null, "not signed by the log's key")]
    public async Task Follow_WhatTheLogDidNotSign_IsAnAlarmOfItsOwn(string? note, string why)
    {
        var log = new TestLog(10);
        await using var server = await LogServer.StartAsync(log);
        await OnceAsync(server.Address);
        server.Note = note is null ? TestLog.Note(11, log.Root, TestLog.Orchestrator) : Encoding.UTF8.GetBytes(note);

        var run = await FollowAsync(server.Address);

        Assert.Equal(ExitCodes.Alarm, run.ExitCode);
        Assert.Contains("THIS IS NOT THE LOG", run.Stderr, StringComparison.Ordinal);
        Assert.Contains(why, run.Stderr, StringComparison.Ordinal);
        Assert.Empty(server.Presented);
    }

    [Fact]
    public async Task Follow_KeyGiven_IsBelievedFromTheFirstOn()
    {
        await using var server = await LogServer.StartAsync(new TestLog(10));
        var other = new NoteKey(TestLog.Origin, TestLog.Orchestrator.PublicKey, NoteKeyType.Log).ToString();

        Assert.Equal(ExitCodes.Alarm, (await OnceAsync(server.Address, "--key", other)).ExitCode);
        Assert.False(File.Exists(State));
        Assert.Equal(0, (await OnceAsync(server.Address, "--key", TestLog.NoteKey.ToString())).ExitCode);
        // The state is of one log; another key is a mistake of the caller.
        Assert.Equal(125, (await OnceAsync(server.Address, "--key", other)).ExitCode);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("""{"key":"x","note":"y"}""")]
    public async Task Follow_StateThatIsNone_IsNotTouched(string text)
    {
        File.WriteAllText(State, text);
        await using var server = await LogServer.StartAsync(new TestLog(10));

        var run = await OnceAsync(server.Address);

        Assert.Equal((125, text), (run.ExitCode, File.ReadAllText(State)));
    }

    [Theory]
    [InlineData("http://127.0.0.1:1")]
    [InlineData("nonsense")]
    public async Task Follow_OnceWithoutServer_Exits125(string address) => Assert.Equal(125, (await OnceAsync(address)).ExitCode);

    [Fact]
    public async Task Follow_Cancelled_Ends()
    {
        await using var server = await LogServer.StartAsync(new TestLog(10));
        using var cancelled = new CancellationTokenSource();
        server.Before = _ =>
        {
            cancelled.Cancel();
            return false;
        };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => FollowAsync(server.Address, cancelled.Token));
    }

    public void Dispose() => _directory.Dispose();

    private string State => _directory.Path("state");

    private Task<CliRun> OnceAsync(string address, params string[] options) => CliRun.OfAsync(["log", "follow", address, "--state", State, "--once", .. options]);

    private async Task<CliRun> FollowAsync(string address, CancellationToken cancellationToken = default)
    {
        using var output = new MemoryStream();
        using var errors = new MemoryStream();
        var console = new CliConsole(Stream.Null, output, errors, false, false, _ => null) { Time = _time };
        using var http = VcpClient.CreateHttp(new Uri(address + "/"), null);
        var exitCode = await new LogFollower(new VcpClient(http), State, null, TimeSpan.FromSeconds(1), console).RunAsync(once: false, cancellationToken);
        return new CliRun(exitCode, output.ToArray(), Encoding.UTF8.GetString(errors.ToArray()));
    }
}
