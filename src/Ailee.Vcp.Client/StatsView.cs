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

    /// <summary>Enrolled nodes by state. Null from servers that have none.</summary>
    public IReadOnlyDictionary<string, long>? Nodes { get; init; }

    /// <summary>The log. Null from servers that have none.</summary>
    public LogStateView? Log { get; init; }

    /// <summary>The cache of parsed bundles since the process started.</summary>
    public BundleCacheView BundleCache { get; init; } = new(0, 0, 0, 0);
}

/// <summary>The log.</summary>
/// <param name="Origin">Its name.</param>
/// <param name="Size">Entries that its checkpoint covers.</param>
/// <param name="ReadOnly">Why nothing is signed any more; null if it is.</param>
public sealed record LogStateView(string Origin, long Size, string? ReadOnly);

/// <summary>What the cache of parsed bundles did.</summary>
public sealed record BundleCacheView(long Hits, long Loads, int Entries, long Bytes);

/// <summary>What the cache of compiled modules did.</summary>
/// <param name="MemoryHits">Found compiled in memory.</param>
/// <param name="DiskHits">Loaded from disk.</param>
/// <param name="Compilations">Compiled.</param>
/// <param name="RejectedArtifacts">Files on disk that were not authentic, or not loadable, and were not used.</param>
/// <param name="Entries">Modules in memory now.</param>
/// <param name="Bytes">Bytes of their artifacts.</param>
public sealed record ModuleCacheView(long MemoryHits, long DiskHits, long Compilations, long RejectedArtifacts, int Entries, long Bytes)
{
    /// <summary>Modules that went from memory because there was no room.</summary>
    public long Evictions { get; init; }

    /// <summary>Artifacts on disk now.</summary>
    public int DiskEntries { get; init; }

    /// <summary>Bytes of their files.</summary>
    public long DiskBytes { get; init; }

    /// <summary>Artifacts deleted from disk because there was no room.</summary>
    public long DiskEvictions { get; init; }

    /// <summary>Wall time of all compilations, those that ended in a refusal included. Unit: milliseconds.</summary>
    public double CompileTimeMs { get; init; }

    /// <summary>Compiler processes started.</summary>
    public long CompilerStarts { get; init; }

    /// <summary>Modules that the compiler refused, by code.</summary>
    public IReadOnlyDictionary<string, long>? Refusals { get; init; }
}
