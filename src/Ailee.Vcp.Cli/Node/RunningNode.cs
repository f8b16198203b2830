using System.Security.Cryptography;
using Ailee.Vcp.Node;
using Ailee.Vcp.Node.Keys;
using Ailee.Vcp.Node.Remote;
using Ailee.Vcp.Node.Sensors;
using Ailee.Vcp.Sandbox;
using Ailee.Vcp.Sandbox.Execution;

namespace Ailee.Vcp.Cli.Node;

/// <summary>Puts a node together from its directory and has it work.</summary>
internal static class RunningNode
{
    private const int CacheKeyBytes = 32;
    private const long BundleCacheBytes = 256L << 20;

    // Enough to bridge the way to the server; what a crash loses waits for its lease to end.
    private const int LeasesPerSlot = 4;

    /// <summary>Runs until cancelled; gives the exit code.</summary>
    /// <exception cref="CliException">There is no node in the directory, another process runs it, or the machine is too small.</exception>
    public static async Task<int> RunAsync(NodeDirectory directory, CliConsole console, CancellationToken cancellationToken)
    {
        var settings = NodeCommand.SettingsOf(directory);
        using var only = directory.TryLock() ?? throw new CliException($"Another process runs the node in {directory.Path}. One node has one process; stop the other, or join again with another --directory.");
        if (!File.Exists(directory.Key))
        {
            throw new CliException($"The key {directory.Key} is gone. Restore it, or join anew in another --directory.");
        }

        using var key = NodeKey.LoadOrCreate(directory.Key);
        if (key.PublicKey.Id.ToString() != settings.Node)
        {
            throw new CliException($"{directory.Key} is the key of the node {key.PublicKey.Id}, but {directory.Settings} is about {settings.Node}.");
        }

        var options = new SandboxOptions { Slots = settings.Slots, MemoryBytes = settings.MemoryBytes };
        if (MemoryProof.Commit(options.CommittedBytes) is { } problem)
        {
            throw new CliException($"{problem} Lower slots or memoryBytes in {directory.Settings}.");
        }

        var cacheKey = SecretFile.LoadOrCreate(directory.CacheKey, CacheKeyBytes, () => RandomNumberGenerator.GetBytes(CacheKeyBytes));
        using var sandbox = new WasmSandbox(options, directory.CompiledModules, cacheKey);
        using var threads = new GuestThreads(options.EffectiveSlots);
        var capabilities = MachineCapabilities.Of(options.EffectiveSlots, settings.MemoryBytes, settings.Labels, settings.Price);
        await using var gateway = new HttpNodeGateway(
            NodeEnroller.Connect(settings.Server, settings.Tls),
            directory,
            settings,
            key,
            capabilities,
            console.Time,
            new LineLogger<HttpNodeGateway>(console));
        var sensors = new MachineSensors(console.Time, settings.CarbonGramsPerKwh);
        var agent = new NodeAgent(
            gateway,
            sandbox,
            new BundleCache(BundleCacheBytes),
            threads,
            options.EffectiveSlots,
            key,
            new StatementCounter(directory.Counter),
            gateway.Time,
            new LineLogger<NodeAgent>(console))
        {
            LeasesPerSlot = LeasesPerSlot,
            Telemetry = sensors.Read,
            MeasureEnergy = () => sensors.Energy.Begin().End,
        };
        console.Tell($"The node {settings.Node} ({settings.Name}) works for {settings.Server} with {options.EffectiveSlots} slot{(options.EffectiveSlots == 1 ? string.Empty : "s")}.");
        await agent.RunAsync(cancellationToken);
        console.Tell("Stopped. Leases that were not finished go to other nodes.");
        return ExitCodes.Success;
    }
}
