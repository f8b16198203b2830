using System.Runtime.InteropServices;
using Ailee.Vcp.Client.Mesh;
using Ailee.Vcp.Sandbox;
using Ailee.Vcp.Sandbox.Engine;

namespace Ailee.Vcp.Server.Nodes;

/// <summary>What the node within the server can do.</summary>
internal static class BuiltInCapabilities
{
    public static NodeCapabilities Of(SandboxOptions options) => new()
    {
        Profile = options.ContentHash.Text(EngineProfile.DigestOf(options.ContentHash)),
        Engine = $"wasmtime {EngineProfile.EngineVersion}",
        Architecture = RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant(),
        System = RuntimeInformation.OSDescription,
        Slots = options.EffectiveSlots,
        MemoryBytes = options.MemoryBytes,
        Version = typeof(BuiltInCapabilities).Assembly.GetName().Version!.ToString(3),
    };
}
