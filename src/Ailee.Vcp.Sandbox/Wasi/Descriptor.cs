using Ailee.Vcp.Sandbox.Files;

namespace Ailee.Vcp.Sandbox.Wasi;

/// <summary>Something that a guest has open.</summary>
internal abstract class Descriptor(Rights rights, Rights inheriting, ushort flags)
{
    /// <summary>Flag that makes writes go to the end.</summary>
    public const ushort AppendFlag = 1;

    /// <summary>Every flag that there is: append, data sync, nonblocking, read sync, sync. All but the first change nothing here.</summary>
    public const ushort AllFlags = 31;

    public Rights Rights { get; set; } = rights;

    /// <summary>Most rights of what is opened through it.</summary>
    public Rights Inheriting { get; set; } = inheriting;

    public ushort Flags { get; set; } = flags;

    public bool Has(Rights needed) => (Rights & needed) == needed;
}

/// <summary>One of the standard streams.</summary>
internal sealed class StreamDescriptor(StreamKind kind)
    : Descriptor((kind == StreamKind.Stdin ? Rights.Read : Rights.Write) | Rights.Poll | Rights.GetStat | Rights.SetFlags, Rights.None, flags: 0)
{
    public StreamKind Kind { get; } = kind;
}

/// <summary>An open file.</summary>
internal sealed class FileDescriptor(FileInode file, Rights rights, Rights inheriting, ushort flags) : Descriptor(rights, inheriting, flags)
{
    public FileInode File { get; } = file;

    public ulong Position { get; set; }
}

/// <summary>An open directory.</summary>
/// <param name="directory">The directory.</param>
/// <param name="rights">Rights.</param>
/// <param name="inheriting">Inherited rights.</param>
/// <param name="flags">Flags.</param>
/// <param name="preopen">The name under which the guest finds it open, or null if the guest opened it.</param>
internal sealed class DirectoryDescriptor(DirectoryInode directory, Rights rights, Rights inheriting, ushort flags, string? preopen = null)
    : Descriptor(rights, inheriting, flags)
{
    public DirectoryInode Directory { get; } = directory;

    public string? Preopen { get; } = preopen;

    /// <summary>The names as they were when the guest began to read them, so that what it removes meanwhile moves no others.</summary>
    public IReadOnlyList<DirectoryEntry>? Listing { get; set; }
}
