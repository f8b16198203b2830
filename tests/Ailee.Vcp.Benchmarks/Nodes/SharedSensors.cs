using Ailee.Vcp.Client.Mesh;
using Ailee.Vcp.Node.Sensors;

namespace Ailee.Vcp.Benchmarks.Nodes;

/// <summary>What the sensors of the machine say, read once a second for all nodes of the process. Thread-safe.</summary>
internal sealed class SharedSensors
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);

    private readonly object _gate = new();
    private readonly MachineSensors _sensors = new(TimeProvider.System);
    private NodeTelemetry? _sample;
    private long _readAt;

    /// <summary>The latest sample, with what is a node's own.</summary>
    public NodeTelemetry Read(int running, long errors)
    {
        lock (_gate)
        {
            if (_sample is null || TimeProvider.System.GetElapsedTime(_readAt) >= Fresh)
            {
                (_sample, _readAt) = (_sensors.Read(0, 0), TimeProvider.System.GetTimestamp());
            }

            return _sample with { Running = running, Errors = errors };
        }
    }
}
