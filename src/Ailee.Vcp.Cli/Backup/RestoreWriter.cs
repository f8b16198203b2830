using Ailee.Vcp.Cli.Log;
using Ailee.Vcp.Core.Log;

namespace Ailee.Vcp.Cli.Backup;

/// <summary>
/// Puts a backup into an empty data directory. Everything is copied and checked beside its place first; then the database goes there, and
/// the orchestrator's key last, without which no server starts on it.
/// </summary>
internal static class RestoreWriter
{
    private const string Partial = "restore.partial";

    // Made by mkfs where the directory is a volume of its own.
    private const string LostAndFound = "lost+found";

    /// <param name="from">The backup.</param>
    /// <param name="data">The data directory: missing or empty.</param>
    /// <param name="checkpoint">The last checkpoint that anybody saw, if it is known to be: the log then goes on. Null for another log.</param>
    /// <param name="cancellationToken">Ends it; the data directory is empty then.</param>
    public static async Task<BackupManifest> WriteAsync(string from, string data, byte[]? checkpoint, CancellationToken cancellationToken)
    {
        var manifest = BackupManifest.Read(from);
        data = Path.TrimEndingDirectorySeparator(Path.GetFullPath(data));
        Refuse(data);
        BackupFiles.MakeDirectory(data);
        using (BackupFiles.Take(data))
        {
            var partial = Path.Combine(data, Partial);
            BackupFiles.MakeDirectory(partial);
            try
            {
                await CopyAsync(manifest, from, partial, cancellationToken);
                if (checkpoint is not null)
                {
                    await CheckAsync(partial, checkpoint, cancellationToken);
                    BackupDatabase.MarkSameLog(Path.Combine(partial, BackupFiles.Database));
                }

                BackupFiles.FlushNames(partial);
                cancellationToken.ThrowIfCancellationRequested();
            }
            catch
            {
                Directory.Delete(partial, recursive: true);
                throw;
            }

            Move(manifest, partial, data);
        }

        BackupFiles.FlushNames(data);
        return manifest;
    }

    private static void Refuse(string data)
    {
        if (File.Exists(data))
        {
            throw new CliException($"{data} is a file.");
        }

        if (!Directory.Exists(data))
        {
            return;
        }

        if (File.Exists(Path.Combine(data, BackupFiles.Lock)) && IsTaken(data))
        {
            throw new CliException($"A server uses {data}. A backup is restored into an empty directory.");
        }

        if (Directory.EnumerateFileSystemEntries(data).Select(Path.GetFileName).Any(name => name != LostAndFound))
        {
            throw new CliException($"{data} is not empty, and nothing is overwritten. Move what is there away: it may be newer than the backup.");
        }
    }

    private static bool IsTaken(string data)
    {
        try
        {
            using var file = new FileStream(Path.Combine(data, BackupFiles.Lock), FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }

    private static async Task CopyAsync(BackupManifest manifest, string from, string partial, CancellationToken cancellationToken)
    {
        foreach (var file in manifest.Files)
        {
            var source = Path.Combine(from, file.Name);
            if (!File.Exists(source))
            {
                throw new CliException($"The backup is damaged: {file.Name} is missing. Nothing was restored.", ExitCodes.Invalid);
            }

            BackupFiles.RequireRegular(source);
            // Not longer than the manifest says, so that a wrong one fills no disk.
            if (new FileInfo(source).Length != file.SizeBytes || await BackupFiles.CopyAsync(source, Path.Combine(partial, file.Name), file.SizeBytes, cancellationToken) != file)
            {
                throw new CliException($"The backup is damaged: {file.Name} is not what the manifest says. Nothing was restored.", ExitCodes.Invalid);
            }
        }
    }

    private static async Task CheckAsync(string partial, byte[] bytes, CancellationToken cancellationToken)
    {
        const string Without = "Nothing was restored. Restore without --checkpoint to go on with another log.";
        using var log = new DirectoryLogSource(partial);
        var head = await log.ReadHeadAsync(cancellationToken);
        if (SignedNote.TryParse(bytes) is not { } note || !head.Key.Verifies(note) || Core.Log.Checkpoint.TryParse(note.Text) is not { } seen || seen.Origin != head.Key.Name)
        {
            throw new CliException($"The checkpoint is none of the log {head.Key.Name} with its key's signature. {Without}");
        }

        if (seen.Size != head.Size || seen.Root != head.Root)
        {
            throw new CliException($"The checkpoint is of {seen.Size} entries, the backup of {head.Size}{(seen.Size == head.Size ? " with another root" : string.Empty)}: this log cannot go on from here. {Without}");
        }
    }

    private static void Move(BackupManifest manifest, string partial, string data)
    {
        foreach (var name in manifest.Files.Select(file => file.Name).OrderBy(name => name == BackupFiles.OrchestratorKey ? 2 : name == BackupFiles.Database ? 0 : 1))
        {
            if (name != BackupFiles.Checkpoint)
            {
                // Nothing is there. But where nothing may be overwritten, a failed rename becomes a copy that nobody flushes.
                File.Move(Path.Combine(partial, name), Path.Combine(data, name), overwrite: true);
                BackupFiles.FlushNames(data);
            }
        }

        Directory.Delete(partial, recursive: true);
    }
}
