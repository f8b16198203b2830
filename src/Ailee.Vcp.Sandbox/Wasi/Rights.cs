namespace Ailee.Vcp.Sandbox.Wasi;

/// <summary>What may be done with a descriptor, with the bits of WASI preview 1.</summary>
[Flags]
internal enum Rights : ulong
{
    None = 0,
    DataSync = 1 << 0,
    Read = 1 << 1,
    Seek = 1 << 2,
    SetFlags = 1 << 3,
    Sync = 1 << 4,
    Tell = 1 << 5,
    Write = 1 << 6,
    Advise = 1 << 7,
    Allocate = 1 << 8,
    CreateDirectory = 1 << 9,
    CreateFile = 1 << 10,
    LinkSource = 1 << 11,
    LinkTarget = 1 << 12,
    OpenPath = 1 << 13,
    ReadDirectory = 1 << 14,
    ReadLink = 1 << 15,
    RenameSource = 1 << 16,
    RenameTarget = 1 << 17,
    GetPathStat = 1 << 18,
    SetPathSize = 1 << 19,
    SetPathTimes = 1 << 20,
    GetStat = 1 << 21,
    SetSize = 1 << 22,
    SetTimes = 1 << 23,
    CreateSymlink = 1 << 24,
    RemoveDirectory = 1 << 25,
    Unlink = 1 << 26,
    Poll = 1 << 27,

    /// <summary>Everything that makes sense for a file.</summary>
    File = DataSync | Read | Seek | SetFlags | Sync | Tell | Write | Advise | Allocate | GetStat | SetSize | SetTimes | Poll,

    /// <summary>Everything that makes sense for a directory.</summary>
    Directory = SetFlags | Sync | CreateDirectory | CreateFile | LinkSource | LinkTarget | OpenPath | ReadDirectory | ReadLink | RenameSource
        | RenameTarget | GetPathStat | SetPathSize | SetPathTimes | GetStat | SetTimes | CreateSymlink | RemoveDirectory | Unlink | Poll,
}
