namespace Ailee.Vcp.Node;

/// <summary>The orchestrator no longer knows a lease: nobody waits for what comes of it.</summary>
public sealed class LeaseEndedException(Guid lease, string message) : Exception(message)
{
    /// <summary>The lease.</summary>
    public Guid Lease { get; } = lease;
}
