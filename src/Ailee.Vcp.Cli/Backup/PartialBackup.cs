using Ailee.Vcp.Cli.Files;

namespace Ailee.Vcp.Cli.Backup;

/// <summary>The directory in which a backup is made. One that was interrupted left it; whatever else has this name is not touched.</summary>
internal static class PartialBackup
{
    // With what SQLite puts beside its database.
    private static readonly string[] Known =
    [
        BackupFiles.Lock, BackupFiles.Manifest, BackupFiles.Checkpoint, .. BackupFiles.Small,
        BackupFiles.Database, BackupFiles.Database + "-journal", BackupFiles.Database + "-wal", BackupFiles.Database + "-shm",
    ];

    /// <summary>Makes it, or takes the one that is there, for its owner only.</summary>
    /// <exception cref="CliException">What is there is not what a backup left.</exception>
    public static void Make(string path)
    {
        // A link that leads nowhere does not exist for Path.Exists.
        if ((Path.Exists(path) || new FileInfo(path).LinkTarget is not null) && Problem(path) is { } problem)
        {
            throw new CliException($"{path} {problem}, so no interrupted backup of yours left it. Nothing was touched: move it away, or choose another name.");
        }

        BackupFiles.MakeDirectory(path);
    }

    /// <summary>Removes what is in it.</summary>
    public static void Clear(string path)
    {
        foreach (var file in Directory.GetFiles(path).Where(file => Path.GetFileName(file) != BackupFiles.Lock))
        {
            File.Delete(file);
        }
    }

    private static string? Problem(string path) =>
        !FileType.IsOwnDirectory(path) ? "is a link, no directory, or another user's"
        : Directory.EnumerateFileSystemEntries(path).FirstOrDefault(entry => !Known.Contains(Path.GetFileName(entry), StringComparer.Ordinal) || !FileType.IsRegular(entry)) is { } other ? $"holds {Path.GetFileName(other)}"
        : null;
}
