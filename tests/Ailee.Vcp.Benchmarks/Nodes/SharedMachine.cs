using Ailee.Vcp.Node;
using Ailee.Vcp.Sandbox;
using Ailee.Vcp.Sandbox.Execution;

namespace Ailee.Vcp.Benchmarks.Nodes;

/// <summary>What the virtual nodes of a process share: one sandbox, threads for guests, sensors, and a place in memory for their files.</summary>
internal sealed class SharedMachine(LoadOptions options) : IDisposable
{
    private const long BundleBytes = 256L << 20;

    private readonly HostDirectory _files = HostDirectory.InMemory();

    /// <summary>Where each node has a directory of its own.</summary>
    public string Directory => _files.Directory.FullName;

    public WasmSandbox Sandbox { get; } = new(new SandboxOptions());

    public GuestThreads Threads { get; } = new(Environment.ProcessorCount);

    public BundleCache Bundles { get; } = new(BundleBytes);

    public SharedSensors Sensors { get; } = new();

    public StatementBoard Board { get; } = new(options.Conduct.Behaviour == Behaviour.Copy);

    public StartTimes Starts { get; } = new();

    /// <summary>Connections of all nodes; null if each has its own.</summary>
    public SocketsHttpHandler? Connections { get; } = options.SharesConnections ? SessionHandler.Connect() : null;

    public void Dispose()
    {
        Threads.Dispose();
        Sandbox.Dispose();
        Connections?.Dispose();
        _files.Dispose();
    }
}
