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
    ILogger<NodeAgent> logger) : BackgroundService
{
    /// <summary>Name and owner under which it is enrolled.</summary>
    public const string Name = "built-in";

    // Long enough that a slot need not wait for a commit, short enough that nobody notices whose tasks are before his own.
    private static readonly TimeSpan LongestAhead = TimeSpan.FromMilliseconds(100);

    /// <summary>Who answers for it.</summary>
    public const string Owner = "operator";

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
        var sensors = new MachineSensors(time);
        var agent = new NodeAgent(gateway, sandbox, bundles, threads, options.Value.EffectiveSlots, key, counter, time, logger)
        {
            LongestAhead = LongestAhead,
            Telemetry = sensors.Read,
            MeasureEnergy = () => sensors.Energy.Begin().End,
        };
        await agent.RunAsync(stoppingToken);
    }
}
