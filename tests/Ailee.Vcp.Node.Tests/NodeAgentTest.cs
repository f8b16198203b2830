using Ailee.Vcp.Client.Mesh;
using Ailee.Vcp.Core.Cose;
using Ailee.Vcp.Node.Keys;
using Ailee.Vcp.Sandbox;
using Ailee.Vcp.Sandbox.Execution;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Ailee.Vcp.Node.Tests;

/// <summary>An agent with one slot, which works for a gateway that does as it is told.</summary>
public abstract class NodeAgentTest : IAsyncLifetime
{
    private protected const int LeasesPerSlot = 32;

    private readonly WasmSandbox _sandbox = new(new SandboxOptions());

    private protected static DateTimeOffset Now { get; } = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private protected TempDirectory Files { get; } = new();

    private protected FakeGateway Gateway { get; } = new();

    private protected FakeTimeProvider Time { get; } = new(Now);

    private protected CancellationTokenSource Stopping { get; } = new();

    private protected SigningKey Key { get; } = SigningKey.Create();

    private protected GuestThreads Threads { get; } = new(1);

    private protected Task Agent { get; private set; } = Task.CompletedTask;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await Stopping.CancelAsync();
        await Agent;
        Threads.Dispose();
        _sandbox.Dispose();
        Key.Dispose();
        Stopping.Dispose();
        Files.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected void Start(long inputBytes = 1 << 20, long resultBytes = 1 << 20, Func<int, long, NodeTelemetry?>? telemetry = null, Func<Func<double?>>? energy = null, ILogger<NodeAgent>? logger = null, CancellationToken draining = default)
    {
        var counter = new StatementCounter(Files.File("node.counter"));
        var agent = new NodeAgent(Gateway, _sandbox, new BundleCache(1 << 20), Threads, 1, Key, counter, Time, logger ?? NullLogger<NodeAgent>.Instance)
        {
            InputBytes = inputBytes,
            ResultBytes = resultBytes,
            LeasesPerSlot = LeasesPerSlot,
            Telemetry = telemetry,
            MeasureEnergy = energy,
        };
        Agent = Task.Run(() => agent.RunAsync(Stopping.Token, draining), CancellationToken.None);
    }

    private protected async Task<T> AdvanceUntilAsync<T>(Task<T> task)
    {
        while (!task.IsCompleted)
        {
            Time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        return await task;
    }

    private protected async Task AssertInconclusiveAsync(string reason)
    {
        var report = await Gateway.ReportedAsync();
        Assert.Equal((reason, null), (report.Inconclusive, report.Statement));
    }
}
