using System.CommandLine;
using System.Security.Cryptography;
using Ailee.Vcp.Node;
using Ailee.Vcp.Node.Keys;
using Ailee.Vcp.Node.Remote;
using Ailee.Vcp.Node.Sensors;
using Ailee.Vcp.Sandbox;
using Ailee.Vcp.Sandbox.Execution;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ailee.Vcp.ProductionDemo.Liars;

/// <summary>The hidden command <c>liar</c>: <c>vcp node run</c> in all but its results. It really runs the guests, and then lies.</summary>
internal static class LiarCommand
{
    private const int CacheKeyBytes = 32;
    private const long BundleCacheBytes = 64L << 20;
    private const int LeasesPerSlot = 4;

    public static Command Create()
    {
        var directory = new Option<string>("--directory") { Description = "The directory of a node that joined.", Required = true };
        var command = new Command("liar", "Work as a node, and lie about every result.") { directory };
        command.Hidden = true;
        command.SetAction(async (result, cancellationToken) => await RunAsync(new NodeDirectory(result.GetRequiredValue(directory)), cancellationToken));
        return command;
    }

    private static async Task RunAsync(NodeDirectory directory, CancellationToken cancellationToken)
    {
        var settings = NodeSettings.Read(directory) ?? throw new DemoException($"There is no node in {directory.Path}.");
        using var key = NodeKey.LoadOrCreate(directory.Key);
        var options = new SandboxOptions { Slots = settings.Slots, MemoryBytes = settings.MemoryBytes };
        var cacheKey = SecretFile.LoadOrCreate(directory.CacheKey, CacheKeyBytes, () => RandomNumberGenerator.GetBytes(CacheKeyBytes));
        using var sandbox = new WasmSandbox(options, directory.CompiledModules, cacheKey);
        using var threads = new GuestThreads(options.EffectiveSlots);
        var capabilities = MachineCapabilities.Of(options.EffectiveSlots, settings.MemoryBytes, settings.Labels, settings.Price);
        await using var gateway = new HttpNodeGateway(
            NodeEnroller.Connect(settings.Server), directory, settings, key, capabilities, TimeProvider.System, NullLogger<HttpNodeGateway>.Instance);
        var counter = new StatementCounter(directory.Counter);
        var sensors = new MachineSensors(TimeProvider.System);
        var lying = new LyingGateway(gateway, key, counter, gateway.Time);
        var agent = new NodeAgent(lying, sandbox, new BundleCache(BundleCacheBytes), threads, options.EffectiveSlots, key, counter, gateway.Time, NullLogger<NodeAgent>.Instance)
        {
            LeasesPerSlot = LeasesPerSlot,
            Telemetry = sensors.Read,
            MeasureEnergy = () => sensors.Energy.Begin().End,
        };
        await agent.RunAsync(cancellationToken);
    }
}
