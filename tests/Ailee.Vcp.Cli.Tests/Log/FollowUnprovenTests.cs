using System.Text;
using System.Text.Json;
using Ailee.Vcp.Cli.Log;
using Ailee.Vcp.Client;
using Microsoft.AspNetCore.Http;

namespace Ailee.Vcp.Cli.Tests.Log;

/// <summary>A log that signs more and does not prove that it is the same log.</summary>
public sealed class FollowUnprovenTests : IDisposable
{
    private const string Heading = "THE LOG SIGNED WHAT IT DOES NOT PROVE";

    private readonly TempDirectory _directory = new();
    private readonly InstantTime _time = new();

    [Theory]
    [InlineData(404, "", "answered 404")]
    [InlineData(401, "", "answered 401")]
    [InlineData(400, "{}", "answered 400")]
    [InlineData(200, "", "cannot be read")]
    [InlineData(200, "null", "cannot be read")]
    [InlineData(200, "<html>Sign in</html>", "cannot be read")]
    [InlineData(200, """{"from":300,"to":400,"fromRoot":"x","toRoot":"y"}""", "cannot be read")]
    [InlineData(200, """{"from":300,"to":400,"fromRoot":"x","toRoot":"y","path":null}""", "cannot be read")]
    [InlineData(200, """{"from":300,"to":400,"fromRoot":"x","toRoot":"y","path":[null]}""", "cannot be read")]
    [InlineData(200, """{"from":300,"to":400,"fromRoot":"x","toRoot":"y","path":["sha256:00"]}""", "cannot be read")]
    [InlineData(200, """{"from":300,"to":400,"fromRoot":"x","toRoot":"y","path":"sha256:00"}""", "cannot be read")]
    public async Task Follow_ProofRefusedOrUnreadable_AlarmAndTheSignedCheckpointIsKept(int status, string body, string why)
    {
        var (server, state) = await SeenAsync();
        await using var disposed = server;
        server.Log = new TestLog(400, "other");
        server.Before = Answer(context => AnswerAsync(context, status, body));

        var run = await FollowAsync(server.Address);

        Assert.Equal(ExitCodes.Alarm, run.ExitCode);
        Assert.Contains($"{Heading}: The log signed 400 entries with the root {server.Log.Root} but does not prove that they begin with the 300 that were seen.", run.Stderr, StringComparison.Ordinal);
        Assert.Contains(why, run.Stderr, StringComparison.Ordinal);
        Assert.Equal(state, File.ReadAllBytes(State));
        Assert.Equal(server.Log.Note(), KeptNote());
        Assert.Equal(server.Log.Note(), File.ReadAllBytes(Assert.Single(Directory.GetFiles(_directory.Path("."), "state.alarm-*-given"))));
        Assert.Empty(_time.Waits);
    }

    [Theory]
    [InlineData(503)]
    [InlineData(500)]
    [InlineData(429)]
    [InlineData(408)]
    [InlineData(null)]
    public async Task Follow_ProofNeverHad_RetriedForAQuarterOfAnHourAndThenAnAlarm(int? status)
    {
        var (server, state) = await SeenAsync();
        await using var disposed = server;
        server.Log = new TestLog(400, "other");
        server.Before = Answer(context =>
        {
            context.Response.StatusCode = status ?? 200;
            if (status is null)
            {
                context.Abort();
            }

            return Task.CompletedTask;
        });

        var run = await FollowAsync(server.Address);

        Assert.Equal(ExitCodes.Alarm, run.ExitCode);
        Assert.Contains(Heading, run.Stderr, StringComparison.Ordinal);
        Assert.Equal(_time.Waits.Count, run.Stderr.Split("Trying again").Length - 1);
        Assert.InRange(_time.Waits.Sum(wait => wait.TotalMinutes), 15, 16);
        Assert.Equal(state, File.ReadAllBytes(State));
        Assert.Equal(server.Log.Note(), KeptNote());
    }

    [Fact]
    public async Task Follow_ProofAfterAnOutage_GoesOnWithNothingKept()
    {
        var (server, _) = await SeenAsync();
        await using var disposed = server;
        var (log, asked) = (server.Log, new List<byte[]>());
        log.Fill(400);
        var first = log.Note();
        server.Before = Answer(context =>
        {
            // It is there before the proof is asked for, and what the log signs later does not take its place.
            asked.Add(KeptNote());
            log.Fill(400 + (asked.Count * 10));
            return asked.Count < 3 ? AnswerAsync(context, 503, string.Empty) : null;
        });
        using var cancelled = new CancellationTokenSource();

        var run = await FollowAsync(server.Address, () => asked.Count == 4, cancelled);

        Assert.Equal([first, first, first], asked[..3]);
        Assert.Contains("300 to 400 entries", run.Stdout, StringComparison.Ordinal);
        Assert.Contains("400 to 430 entries", run.Stdout, StringComparison.Ordinal);
        Assert.False(File.Exists(Kept));
    }

    [Fact]
    public async Task Follow_StartedAgain_AsksForTheProofOfWhatWasSigned()
    {
        var (server, _) = await SeenAsync();
        await using var disposed = server;
        var honest = server.Log;
        server.Log = new TestLog(400, "other");
        server.Before = Answer(context => AnswerAsync(context, 503, string.Empty));
        Assert.Equal(125, (await OnceAsync(server.Address)).ExitCode);

        // The log shows its honest side again, which does not make the signature undone.
        honest.Fill(500);
        (server.Log, server.Before) = (honest, _ => false);
        var run = await OnceAsync(server.Address);

        Assert.Equal(ExitCodes.Alarm, run.ExitCode);
        Assert.Contains("The log of 400 entries does not begin with the 300", run.Stderr, StringComparison.Ordinal);
        // What is known to be a fork is an alarm's evidence, and waits for no proof.
        Assert.False(File.Exists(Kept));
        Assert.Single(Directory.GetFiles(_directory.Path("."), "state.alarm-*-given"));
    }

    [Fact]
    public async Task Follow_StartedAgainAndProven_GoesOnToTheNewest()
    {
        var (server, _) = await SeenAsync();
        await using var disposed = server;
        server.Log.Fill(400);
        server.Before = Answer(context => AnswerAsync(context, 404, string.Empty));
        Assert.Equal(ExitCodes.Alarm, (await OnceAsync(server.Address)).ExitCode);
        server.Log.Fill(500);
        server.Before = _ => false;

        var run = await OnceAsync(server.Address);

        Assert.Equal((0, string.Empty), (run.ExitCode, run.Stderr));
        Assert.Equal(2, run.Stdout.Split(" entries, root ").Length - 1);
        Assert.Contains("400 to 500 entries", run.Stdout, StringComparison.Ordinal);
        Assert.False(File.Exists(Kept));
    }

    [Fact]
    public async Task Follow_OnceAndAgain_TimeWithoutProofAddsUp()
    {
        var (server, _) = await SeenAsync();
        await using var disposed = server;
        server.Log = new TestLog(400, "other");
        File.WriteAllText(Kept, CliJson.Write(new UnprovenFile(DateTimeOffset.UnixEpoch, Encoding.UTF8.GetString(server.Log.Note()))));
        server.Before = Answer(context => AnswerAsync(context, 503, string.Empty));

        var run = await OnceAsync(server.Address);

        Assert.Equal(ExitCodes.Alarm, run.ExitCode);
        Assert.Contains("the last answer: The server answered 503", run.Stderr, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("""{"since":"2030-01-02T03:04:05Z","note":"x"}""")]
    public async Task Follow_KeptFileThatIsNone_IsNotTouched(string text)
    {
        var (server, _) = await SeenAsync();
        await using var disposed = server;
        File.WriteAllText(Kept, text);

        var run = await OnceAsync(server.Address);

        Assert.Equal((125, text), (run.ExitCode, File.ReadAllText(Kept)));
        Assert.Contains("may be evidence", run.Stderr, StringComparison.Ordinal);
    }

    public void Dispose() => _directory.Dispose();

    private string State => _directory.Path("state");

    private string Kept => State + ".unproven";

    // A log of 300 entries that was seen.
    private async Task<(LogServer Server, byte[] State)> SeenAsync()
    {
        var server = await LogServer.StartAsync(new TestLog(300));
        Assert.Equal(0, (await OnceAsync(server.Address)).ExitCode);
        return (server, File.ReadAllBytes(State));
    }

    private static Func<HttpContext, bool> Answer(Func<HttpContext, Task?> consistency) => context =>
    {
        if (context.Request.Path != "/api/v1/log/consistency" || consistency(context) is not { } answered)
        {
            return false;
        }

        answered.GetAwaiter().GetResult();
        return true;
    };

    private static Task AnswerAsync(HttpContext context, int status, string body)
    {
        (context.Response.StatusCode, context.Response.ContentType) = (status, "application/json");
        return context.Response.WriteAsync(body);
    }

    private byte[] KeptNote() => Encoding.UTF8.GetBytes(JsonSerializer.Deserialize(File.ReadAllBytes(Kept), CliJson.Default.UnprovenFile)!.Note);

    private Task<CliRun> OnceAsync(string address) => CliRun.OfAsync("log", "follow", address, "--state", State, "--once");

    private async Task<CliRun> FollowAsync(string address, Func<bool>? isOver = null, CancellationTokenSource? end = null)
    {
        using var output = new MemoryStream();
        using var errors = new MemoryStream();
        var console = new CliConsole(Stream.Null, output, errors, false, false, _ => null) { Time = _time };
        _time.Waiting = () =>
        {
            if (isOver?.Invoke() is true)
            {
                end!.Cancel();
            }
        };
        using var http = HttpLogSource.CreateHttp(new Uri(address + "/"));
        var exitCode = -1;
        try
        {
            exitCode = await new LogFollower(new VcpClient(http), State, null, TimeSpan.FromSeconds(1), console).RunAsync(once: false, end?.Token ?? default);
        }
        catch (OperationCanceledException) when (end is { IsCancellationRequested: true })
        {
            // The test has seen what it wants.
        }

        return new CliRun(exitCode, output.ToArray(), Encoding.UTF8.GetString(errors.ToArray()));
    }
}
