namespace Ailee.Vcp.Crash.Faults;

/// <summary>What is done to files.</summary>
internal enum OperationType
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>Bytes are written.</summary>
    Write = 1,

    /// <summary>What was written to a file, or done to the names in a directory, is made durable.</summary>
    Sync = 2,

    /// <summary>A file gets another length.</summary>
    Truncate = 3,

    /// <summary>A file is made.</summary>
    Create = 4,

    /// <summary>A file gets another name, and replaces what had that.</summary>
    Rename = 5,

    /// <summary>A name goes.</summary>
    Unlink = 6,

    /// <summary>A directory is made.</summary>
    MakeDirectory = 7,

    /// <summary>What was written was to be made durable, and was not: Linux then forgets that it is dirty.</summary>
    FailedSync = 8,
}

/// <summary>An operation that was done.</summary>
/// <param name="Type">What it is.</param>
/// <param name="Path">The file, relative to the watched directory; empty for the directory itself.</param>
/// <param name="Target">The new name.</param>
/// <param name="Offset">Where bytes are written, or the new length.</param>
/// <param name="Data">What is written.</param>
internal sealed record JournalEntry(OperationType Type, string Path, string Target, long Offset, byte[] Data);
