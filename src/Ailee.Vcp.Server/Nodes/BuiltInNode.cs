using Ailee.Vcp.Core.Cose;
using Ailee.Vcp.Node;
using Ailee.Vcp.Node.Keys;
using Ailee.Vcp.Node.Sensors;
using Ailee.Vcp.Sandbox;
using Ailee.Vcp.Sandbox.Execution;
using Ailee.Vcp.Server.Leases;
using Ailee.Vcp.Server.Log;
using Ailee.Vcp.Server.Storage;
using Ailee.Vcp.Server.Tasks;
using Microsoft.Extensions.Options;

namespace Ailee.Vcp.Server.Nodes;

/// <summary>The node within the server. It has a key of its own and takes the same way as any other node.</summary>
internal sealed class BuiltInNode(
    SigningKey key,
    StatementCounter counter,
    IDatabase database,
    IServiceProvider services,
    NodeEnrolment enrolment,
    WasmSandbox sandbox,
    GuestThreads threads,
    BundleCache bundles,
    TaskDecisions decisions,
    DispatchNodes dispatch,
    IOptions<SandboxOptions> options,
    TimeProvider time,
    IOptions<TaskOptions> tasks,
    IOptions<NodeOptions> nodes,
    IHostApplicationLifetime lifetime,
    ILogger<NodeAgent> logger) : BackgroundService, IHostedLifecycleService
{
    /// <summary>Name and owner under which it is enrolled.</summary>
    public const string Name = "built-in";

    // Long enough that a slot need not wait for a commit, short enough that nobody notices whose tasks are before his own.
    private static readonly TimeSpan LongestAhead = TimeSpan.FromMilliseconds(100);

    // Enough that short tasks keep the slots busy while a group is being committed; of long ones that come after short ones so many may be ahead of everybody else.
    private const int LeasesPerSlot = 64;

    /// <summary>Who answers for it.</summary>
    public const string Owner = "operator";

    private readonly CancellationTokenSource _draining = new();

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        var slots = options.Value.EffectiveSlots;
        if (MemoryProof.Commit(options.Value.CommittedBytes) is { } problem)
        {
            throw new StartupException($"{problem} Lower Sandbox:Slots, Sandbox:MemoryBytes or Sandbox:ScratchBytes.");
        }

        // Known only now that the log is open: opening it is what settles a start from a backup.
        counter.Advance(database.Read(Restores.FindNodeCounter));
        await enrolment.EnrolAsync(new NodeRow(key.PublicKey.Id, key.PublicKey, Name, Owner, time.GetUtcNow()));
        dispatch.Start();
        await decisions.RecoverAsync(key.PublicKey.Id, time.GetUtcNow());
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var gateway = ActivatorUtilities.CreateInstance<BuiltInGateway>(services, key.PublicKey);
        var sensors = new MachineSensors(time, nodes.Value.CarbonGramsPerKwh);
        var agent = new NodeAgent(gateway, sandbox, bundles, threads, options.Value.EffectiveSlots, key, counter, time, logger)
        {
            LongestAhead = LongestAhead,
            LeasesPerSlot = LeasesPerSlot,
            Telemetry = sensors.Read,
            MeasureEnergy = () => sensors.Energy.Begin().End,
        };
        await agent.RunAsync(stoppingToken, _draining.Token);
    }

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Before anything stops, so that clients still hear of it: guests that run get some time to come to their end.</summary>
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        lifetime.StopApplication();
        await _draining.CancelAsync();
        if (ExecuteTask is { } agent)
        {
            await agent.WaitAsync(TimeSpan.FromSeconds(tasks.Value.DrainSeconds), time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override void Dispose()
    {
        base.Dispose();
        _draining.Dispose();
    }
}
