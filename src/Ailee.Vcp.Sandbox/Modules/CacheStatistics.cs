namespace Ailee.Vcp.Sandbox.Modules;

/// <summary>What the module cache did since the process started.</summary>
/// <param name="MemoryHits">Found compiled in memory.</param>
/// <param name="DiskHits">Loaded from an authentic artifact on disk.</param>
/// <param name="Compilations">Compiled.</param>
/// <param name="RejectedArtifacts">Files on disk that were not authentic, or not loadable, and were not used.</param>
/// <param name="Entries">Modules in memory now.</param>
/// <param name="Bytes">Bytes of their artifacts.</param>
public sealed record CacheStatistics(long MemoryHits, long DiskHits, long Compilations, long RejectedArtifacts, int Entries, long Bytes)
{
    /// <summary>Modules that went from memory because there was no room.</summary>
    public long Evictions { get; init; }

    /// <summary>Artifacts on disk now.</summary>
    public int DiskEntries { get; init; }

    /// <summary>Bytes of their files.</summary>
    public long DiskBytes { get; init; }

    /// <summary>Artifacts deleted from disk because there was no room.</summary>
    public long DiskEvictions { get; init; }

    /// <summary>Wall time of all compilations, those that ended in a refusal included.</summary>
    public TimeSpan CompileTime { get; init; }

    /// <summary>Compiler processes started.</summary>
    public long CompilerStarts { get; init; }

    /// <summary>Modules refused, by code.</summary>
    public IReadOnlyDictionary<string, long> Refusals { get; init; } = new Dictionary<string, long>();
}
