namespace Ailee.Vcp.Client;

/// <summary>Numbers about the service.</summary>
/// <param name="Tasks">Tasks by state.</param>
/// <param name="Outcomes">Completed tasks by outcome.</param>
/// <param name="Modules">Modules stored.</param>
/// <param name="Proofs">Statements stored.</param>
/// <param name="Instructions">Instructions of all completed tasks.</param>
/// <param name="Gas">Gas of all completed tasks.</param>
/// <param name="ModuleCache">The cache of compiled modules since the process started.</param>
/// <param name="StartedAt">When the process started.</param>
public sealed record StatsView(
    IReadOnlyDictionary<string, long> Tasks,
    IReadOnlyDictionary<string, long> Outcomes,
    long Modules,
    long Proofs,
    long Instructions,
    long Gas,
    ModuleCacheView ModuleCache,
    DateTimeOffset StartedAt)
{
    /// <summary>Bundles stored.</summary>
    public long Bundles { get; init; }

    /// <summary>The cache of parsed bundles since the process started.</summary>
    public BundleCacheView BundleCache { get; init; } = new(0, 0, 0, 0);
}

/// <summary>What the cache of parsed bundles did.</summary>
public sealed record BundleCacheView(long Hits, long Loads, int Entries, long Bytes);

/// <summary>What the cache of compiled modules did.</summary>
public sealed record ModuleCacheView(long MemoryHits, long DiskHits, long Compilations, long RejectedArtifacts, int Entries, long Bytes);
