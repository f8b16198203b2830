namespace Ailee.Vcp.Node;

/// <summary>What a node at work holds at once: in number, and in bytes where a task's own size decides.</summary>
internal sealed class WorkBounds(int slots, int leasesPerSlot, TimeSpan? longestAhead, long inputBytes, long resultBytes) : IDisposable
{
    /// <summary>Leases that are held, from before they are asked for until they are reported.</summary>
    public SemaphoreSlim Leases { get; } = new(slots * leasesPerSlot);

    /// <summary>Leases that are not run yet.</summary>
    public LeasesAhead Ahead { get; } = new(slots, leasesPerSlot, longestAhead);

    /// <summary>Places of those whose module and bundle are held in memory: the guests that run, and one that is ready to.</summary>
    public SemaphoreSlim Places { get; } = new(slots + 1);

    /// <summary>Inputs of leases that are held; enough for every place are taken whatever they weigh.</summary>
    public ByteBudget Inputs { get; } = new(inputBytes, slots + 1);

    /// <summary>Results that are not yet reported.</summary>
    public ByteBudget Results { get; } = new(resultBytes, 0);

    public void Dispose()
    {
        Leases.Dispose();
        Places.Dispose();
    }
}
