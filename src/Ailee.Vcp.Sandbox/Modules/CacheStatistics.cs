namespace Ailee.Vcp.Sandbox.Modules;

/// <summary>What the module cache did since the process started.</summary>
/// <param name="MemoryHits">Found compiled in memory.</param>
/// <param name="DiskHits">Loaded from an authentic artifact on disk.</param>
/// <param name="Compilations">Compiled.</param>
/// <param name="RejectedArtifacts">Files on disk that were not authentic, or not loadable, and were not used.</param>
/// <param name="Entries">Modules in memory now.</param>
/// <param name="Bytes">Bytes of their artifacts.</param>
public sealed record CacheStatistics(long MemoryHits, long DiskHits, long Compilations, long RejectedArtifacts, int Entries, long Bytes);
