using Ailee.Vcp.Core;

namespace Ailee.Vcp.Sandbox;

/// <summary>Limits and places of the sandbox. A task may lower the limits, never raise them.</summary>
public sealed class SandboxOptions
{
    /// <summary>Configuration section.</summary>
    public const string Section = "Sandbox";

    /// <summary>Guests that run at once. Unit: threads. Default 0: one for each core. Range 0 to 256.</summary>
    public int Slots { get; set; }

    /// <summary>Linear memory of one guest. Unit: bytes. Default 512 MiB. Range 64 KiB to 4 GiB.</summary>
    public long MemoryBytes { get; set; } = 512L * 1024 * 1024;

    /// <summary>Wall time of one run. Unit: milliseconds. Default 30 000. Range 1 to 3 600 000.</summary>
    public int TimeoutMs { get; set; } = 30_000;

    /// <summary>Instructions of one run. Unit: Wasmtime fuel. Default 10 000 000 000. Range 1 to 10^15.</summary>
    public long Instructions { get; set; } = 10_000_000_000;

    /// <summary>Size of a module. Unit: bytes. Default 32 MiB. Range 8 to 256 MiB.</summary>
    public int ModuleBytes { get; set; } = 32 * 1024 * 1024;

    /// <summary>Size of stdin, arguments and environment together. Unit: bytes. Default 16 MiB. Range 0 to 256 MiB.</summary>
    public int InputBytes { get; set; } = 16 * 1024 * 1024;

    /// <summary>What a guest may write to stdout. Unit: bytes. Default 16 MiB. Range 0 to 256 MiB.</summary>
    public int StdoutBytes { get; set; } = 16 * 1024 * 1024;

    /// <summary>What a guest may write to stderr. Unit: bytes. Default 1 MiB. Range 0 to 256 MiB.</summary>
    public int StderrBytes { get; set; } = 1024 * 1024;

    /// <summary>Elements of each table. Unit: elements. Default 1 000 000. Range 0 to 10 000 000.</summary>
    public int TableElements { get; set; } = 1_000_000;

    /// <summary>Files that a guest makes or changes, together. Unit: bytes. Default 64 MiB. Range 0 to 1 GiB.</summary>
    public int ScratchBytes { get; set; } = 64 * 1024 * 1024;

    /// <summary>Names that a guest adds to directories. Unit: files, directories and links. Default 16 384. Range 0 to 1 000 000.</summary>
    public int ScratchEntries { get; set; } = 16_384;

    /// <summary>Descriptors that a guest has open at once. Unit: descriptors. Default 1024. Range 16 to 65 536.</summary>
    public int Descriptors { get; set; } = 1024;

    /// <summary>Compiled modules kept in memory. Unit: bytes of artifact. Default 256 MiB. Range 0 to 64 GiB.</summary>
    public long CacheMemoryBytes { get; set; } = 256L * 1024 * 1024;

    /// <summary>Compiled modules kept on disk. Unit: bytes. Default 4 GiB. Range 0 to 1 TiB.</summary>
    public long CacheDiskBytes { get; set; } = 4L << 30;

    /// <summary>Modules that compile at once. Unit: compilations. Default 1. Range 1 to 64.</summary>
    public int MaxConcurrentCompilations { get; set; } = 1;

    /// <summary>Processor time of one compilation; four times as much wall time ends it too. Unit: milliseconds. Default 60 000. Range 1 to 3 600 000.</summary>
    public int CompileTimeoutMs { get; set; } = 60_000;

    /// <summary>Resident memory of a compiler process. Unit: bytes. Default 2 GiB. Range 256 MiB to 64 GiB.</summary>
    public long CompileMemoryBytes { get; set; } = 2L << 30;

    /// <summary>Hash of the content digests in statements about tasks from now on. <c>sha-256</c> or <c>sha3-256</c>. Default <c>sha-256</c>.</summary>
    public string Hash { get; set; } = ContentHash.Sha256.Name;

    /// <summary><see cref="Hash"/> itself.</summary>
    /// <exception cref="InvalidOperationException">It is none, which <see cref="Problems"/> tells.</exception>
    public ContentHash ContentHash => ContentHash.Find(Hash) ?? throw new InvalidOperationException(ProblemOf(null, false));

    /// <summary><see cref="Slots"/> with the default resolved.</summary>
    public int EffectiveSlots => Slots == 0 ? Environment.ProcessorCount : Slots;

    /// <summary>What running guests may take together: linear memory and scratch of every slot, and what is kept for the process itself.</summary>
    public long CommittedBytes => (EffectiveSlots * (MemoryBytes + ScratchBytes)) + (long)Engine.Headroom.Bytes;

    /// <summary>Every problem of these values, each naming its configuration key; empty if there is none.</summary>
    public IEnumerable<string> Problems()
    {
        (string Name, long Value, long Minimum, long Maximum)[] ranges =
        [
            (nameof(Slots), Slots, 0, 256),
            (nameof(MemoryBytes), MemoryBytes, 64 * 1024, 4L << 30),
            (nameof(TimeoutMs), TimeoutMs, 1, 3_600_000),
            (nameof(Instructions), Instructions, 1, 1_000_000_000_000_000),
            (nameof(ModuleBytes), ModuleBytes, 8, 256 << 20),
            (nameof(InputBytes), InputBytes, 0, 256 << 20),
            (nameof(StdoutBytes), StdoutBytes, 0, 256 << 20),
            (nameof(StderrBytes), StderrBytes, 0, 256 << 20),
            (nameof(TableElements), TableElements, 0, 10_000_000),
            (nameof(ScratchBytes), ScratchBytes, 0, 1 << 30),
            (nameof(ScratchEntries), ScratchEntries, 0, 1_000_000),
            (nameof(Descriptors), Descriptors, 16, 65_536),
            (nameof(CacheMemoryBytes), CacheMemoryBytes, 0, 64L << 30),
            (nameof(CacheDiskBytes), CacheDiskBytes, 0, 1L << 40),
            (nameof(MaxConcurrentCompilations), MaxConcurrentCompilations, 1, 64),
            (nameof(CompileTimeoutMs), CompileTimeoutMs, 1, 3_600_000),
            (nameof(CompileMemoryBytes), CompileMemoryBytes, 256L << 20, 64L << 30),
        ];
        var outside = from range in ranges
                      where range.Value < range.Minimum || range.Value > range.Maximum
                      select $"{Section}:{range.Name} must be between {range.Minimum} and {range.Maximum}.";
        var hash = ContentHash.Find(Hash);
        return ProblemOf(hash, hash is { IsSupported: true }) is { } problem ? outside.Append(problem) : outside;
    }

    /// <summary>What is wrong with a hash as <see cref="Hash"/>, or null. Null for a name that is none.</summary>
    internal static string? ProblemOf(ContentHash? hash, bool isSupported) =>
        hash is null ? $"{Section}:{nameof(Hash)} must be {ContentHash.Sha256} or {ContentHash.Sha3}."
        : !isSupported ? $"{Section}:{nameof(Hash)} is {hash}. {hash.Unsupported}"
        : null;
}
