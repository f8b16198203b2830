using System.Globalization;
using Ailee.Vcp.Client;
using Ailee.Vcp.Client.Tasks;
using Ailee.Vcp.Core;
using Ailee.Vcp.Sandbox.Tests.Hostile;
using Ailee.Vcp.Server.Tests.Hosting;

namespace Ailee.Vcp.Server.Tests.Hostile;

/// <summary>Every guest of the hostile corpus over REST, against one server, and a good task after each.</summary>
public sealed class HostileCorpusTests(HostileCorpusTests.Fixture fixture) : IClassFixture<HostileCorpusTests.Fixture>
{
    public static TheoryData<string> Guests => [.. HostileGuest.Names];

    [Theory]
    [MemberData(nameof(Guests))]
    public async Task Run_OverRest_EndsAsPromisedAndHarmsNobody(string name)
    {
        var guest = HostileGuest.Read(name);

        guest.Check(await RunAsync(guest));

        Assert.Equal(fixture.GoodExecution, await fixture.RunGoodAsync());
    }

    private async Task<HostileRun> RunAsync(HostileGuest guest)
    {
        var upload = await RefusalAsync(() => fixture.Client.UploadAsync(guest.Text));
        if (upload.Refusal is not null)
        {
            return HostileRun.Of($"refused {upload.Refusal}");
        }

        var submission = await RefusalAsync(() => fixture.Client.RunAsync(Request(guest, upload.Value)));
        return submission.Refusal is not null ? HostileRun.Of($"task-refused {submission.Refusal}") : Describe(submission.Value!);
    }

    private static TaskRequest Request(HostileGuest guest, Digest module) => new()
    {
        Module = module.ToString(),
        Entrypoint = HostileGuest.Entrypoint,
        Input = guest.TakesBytes ? new TaskInput { Text = HostileGuest.Input } : null,
        Limits = new TaskLimits { MemoryBytes = guest.MemoryBytes, Instructions = guest.Instructions, ScratchBytes = guest.ScratchBytes, TimeoutMs = guest.TimeoutMs },
    };

    private static HostileRun Describe(ComputeTask task)
    {
        if (task.Result is not { } result)
        {
            Assert.Empty(task.Proofs);
            return HostileRun.Of($"inconclusive {task.Failure?.Code}");
        }

        Assert.Single(task.Proofs);
        return new HostileRun(
            $"{result.Outcome} {result.Trap}".Trim(),
            [.. result.Results.Select(value => value.Value.ToString())],
            result.ExitCode,
            new Dictionary<string, long>
            {
                ["instructions"] = task.Metrics!.Instructions,
                ["memory"] = task.Metrics.MemoryBytes,
                ["stdout"] = result.Output.SizeBytes,
                ["stderr"] = result.Stderr.SizeBytes,
            });
    }

    // A refusal is an answer; whatever is the server's own fault fails the test.
    private static async Task<(T? Value, string? Refusal)> RefusalAsync<T>(Func<Task<T>> call)
    {
        try
        {
            return (await call(), null);
        }
        catch (VcpApiException refused) when ((int)refused.Status is >= 400 and < 500)
        {
            return (default, refused.Code);
        }
    }

    /// <summary>One server with the corpus' limits, and what came of the good task before any of it.</summary>
    public sealed class Fixture : IAsyncLifetime
    {
        private RunningServer? _server;
        private Digest _good;

        public VcpClient Client => _server!.Client;

        public string GoodExecution { get; private set; } = string.Empty;

        public async ValueTask InitializeAsync()
        {
            var options = HostileGuest.Options;
            (string Key, long Value)[] values =
            [
                ("MemoryBytes", options.MemoryBytes), ("TimeoutMs", options.TimeoutMs), ("Instructions", options.Instructions), ("StdoutBytes", options.StdoutBytes), ("StderrBytes", options.StderrBytes),
                ("TableElements", options.TableElements), ("ScratchBytes", options.ScratchBytes), ("ScratchEntries", options.ScratchEntries), ("Descriptors", options.Descriptors),
            ];
            _server = await RunningServer.StartAsync(new ServerSetup { Configuration = values.ToDictionary(pair => $"Sandbox:{pair.Key}", pair => pair.Value.ToString(CultureInfo.InvariantCulture)) });
            _good = await Client.UploadAsync(Hosting.Guests.Math);
            GoodExecution = await RunGoodAsync();
        }

        /// <summary>Runs the good task; its execution hash names what ran and what came of it.</summary>
        public async Task<string> RunGoodAsync()
        {
            var task = await Client.RunAsync(_good, "add", 40, 2);
            Assert.Equal("42", Assert.Single(task.Result!.Results).Value.ToString());
            return Assert.Single(task.Proofs).ExecutionHash;
        }

        public async ValueTask DisposeAsync() => await _server!.DisposeAsync();
    }
}
