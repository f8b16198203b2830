using System.Reflection;
using System.Runtime.InteropServices;
using Ailee.Vcp.Client.Mesh;
using Ailee.Vcp.Sandbox.Engine;

namespace Ailee.Vcp.Node.Remote;

/// <summary>What this machine and program can do.</summary>
public static class MachineCapabilities
{
    /// <summary>Version of the program.</summary>
    public static string Version { get; } = typeof(MachineCapabilities).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    /// <summary>The capabilities of a node with these settings.</summary>
    public static NodeCapabilities Of(int slots, long memoryBytes, IReadOnlyDictionary<string, string> labels, long? price) => new()
    {
        Profile = EngineProfile.Digest.ToString(),
        Engine = $"wasmtime {EngineProfile.EngineVersion}",
        Architecture = RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant(),
        System = RuntimeInformation.OSDescription,
        Slots = slots == 0 ? Environment.ProcessorCount : slots,
        MemoryBytes = memoryBytes,
        Version = Version,
        Labels = labels,
        Price = price,
    };
}
