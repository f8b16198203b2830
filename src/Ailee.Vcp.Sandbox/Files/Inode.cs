namespace Ailee.Vcp.Sandbox.Files;

/// <summary>What a name can lead to. Times are nanoseconds since 1970 of the guest's clock.</summary>
internal abstract class Inode(ulong number, ulong time)
{
    /// <summary>Same for the same bundle and the same calls: bundle entries in order, then what the guest makes.</summary>
    public ulong Number { get; } = number;

    /// <summary>Names that lead here.</summary>
    public int Links { get; set; }

    public ulong AccessTime { get; set; } = time;

    public ulong ModifyTime { get; set; } = time;

    public ulong ChangeTime { get; set; } = time;

    public abstract long SizeBytes { get; }

    public abstract FileKind Kind { get; }
}

/// <summary>Kinds of inodes, with the numbers of WASI's file types.</summary>
internal enum FileKind : byte
{
    Directory = 3,
    File = 4,
    Symlink = 7,
}

/// <summary>A file. It lives while a name or a descriptor leads to it; then its scratch bytes are given back.</summary>
internal sealed class FileInode(ulong number, ulong time, FileContent content) : Inode(number, time)
{
    private int _descriptors;

    public FileContent Content { get; } = content;

    public override long SizeBytes => Content.SizeBytes;

    public override FileKind Kind => FileKind.File;

    public void Opened() => _descriptors++;

    public void Closed()
    {
        _descriptors--;
        FreeIfUnused();
    }

    /// <summary>To be called when a name or a descriptor went away.</summary>
    public void FreeIfUnused()
    {
        if (Links == 0 && _descriptors == 0)
        {
            Content.Free();
        }
    }
}

/// <summary>A symbolic link.</summary>
internal sealed class SymlinkInode(ulong number, ulong time, string target, bool isScratch) : Inode(number, time)
{
    public string Target { get; } = target;

    /// <summary>Whether the guest made it.</summary>
    public bool IsScratch { get; } = isScratch;

    public override long SizeBytes => System.Text.Encoding.UTF8.GetByteCount(Target);

    public override FileKind Kind => FileKind.Symlink;
}
