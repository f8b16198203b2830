using System.Text.Json;
using Ailee.Vcp.Cli.Log;
using Ailee.Vcp.Core.Cose;

namespace Ailee.Vcp.Cli.Backup;

/// <summary>Takes a backup of a data directory, whether its server runs or not. It has its name once it is whole, checked and on disk.</summary>
internal static class BackupWriter
{
    /// <param name="data">The data directory.</param>
    /// <param name="to">The directory to make.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends it; nothing is left then.</param>
    /// <returns>The manifest, and whether the log's key is in the backup.</returns>
    /// <exception cref="CliException">There is nothing to back up, or the copy is not sound.</exception>
    public static async Task<(BackupManifest Manifest, bool HasLogKey)> WriteAsync(string data, string to, TimeProvider time, CancellationToken cancellationToken)
    {
        if (!File.Exists(Path.Combine(data, BackupFiles.Database)))
        {
            throw new CliException($"{data} is no data directory: it has no {BackupFiles.Database}.");
        }

        to = Path.TrimEndingDirectorySeparator(Path.GetFullPath(to));
        if (Path.Exists(to))
        {
            throw new CliException($"{to} exists; a backup is never overwritten.");
        }

        foreach (var name in Small(data).Append(BackupFiles.Database))
        {
            BackupFiles.RequireRegular(Path.Combine(data, name));
        }

        var partial = to + ".partial";
        PartialBackup.Make(partial);
        try
        {
            BackupManifest manifest;
            using (Take(partial))
            {
                PartialBackup.Clear(partial);
                manifest = await FillAsync(data, partial, time.GetUtcNow(), cancellationToken);
            }

            Directory.Move(partial, to);
            BackupFiles.FlushNames(to);
            return (manifest, manifest.Files.Any(file => file.Name == BackupFiles.LogKey));
        }
        catch (Exception exception) when (exception is not CliException { Message: Busy })
        {
            if (Directory.Exists(partial))
            {
                Directory.Delete(partial, recursive: true);
            }

            throw;
        }
    }

    private const string Busy = "Another backup of this name is being taken.";

    private static IEnumerable<string> Small(string data) => BackupFiles.Small.Where(name => File.Exists(Path.Combine(data, name)));

    private static IDisposable Take(string partial)
    {
        try
        {
            return BackupFiles.Take(partial);
        }
        catch (IOException)
        {
            throw new CliException(Busy);
        }
    }

    private static async Task<BackupManifest> FillAsync(string data, string partial, DateTimeOffset now, CancellationToken cancellationToken)
    {
        // The database first. Keys are older than all that they signed in it, and a counter that is copied after it is not lower.
        var database = Path.Combine(partial, BackupFiles.Database);
        await BackupFiles.Create(database).DisposeAsync();
        BackupDatabase.Copy(Path.Combine(data, BackupFiles.Database), database, now);
        var faults = await BackupDatabase.FaultsAsync(partial, cancellationToken);
        if (faults.Count > 0)
        {
            throw new CliException($"The data directory is damaged, and so would be its backup; nothing is kept. {string.Join("; ", faults)}", ExitCodes.Invalid);
        }

        using var log = new DirectoryLogSource(partial);
        var head = await log.ReadHeadAsync(cancellationToken);
        CheckKeys(data, head.Key.Key, BackupDatabase.Orchestrator(database));
        var files = new List<BackupFile> { await BackupFiles.DescribeAsync(database, cancellationToken) };
        foreach (var name in Small(data))
        {
            var from = Path.Combine(data, name);
            files.Add(await BackupFiles.CopyAsync(from, Path.Combine(partial, name), new FileInfo(from).Length, cancellationToken));
        }

        files.Add(await WriteAsync(partial, BackupFiles.Checkpoint, head.Note, cancellationToken));
        var manifest = new BackupManifest(BackupManifest.Current, now, BackupDatabase.Version(database), head.Key.Name, head.Size, head.Root!.Value.ToString(), files);
        await WriteAsync(partial, BackupFiles.Manifest, JsonSerializer.SerializeToUtf8Bytes(manifest, CliJson.Default.BackupManifest), cancellationToken);
        BackupFiles.FlushNames(partial);
        return manifest;
    }

    private static void CheckKeys(string data, PublicKey log, PublicKey? orchestrator)
    {
        if (orchestrator is null || !IsIn(Path.Combine(data, BackupFiles.OrchestratorKey), orchestrator))
        {
            throw new CliException($"{BackupFiles.OrchestratorKey} in {data} is missing, or not the key of the log's genesis: a server cannot start on it, nor on its backup.", ExitCodes.Invalid);
        }

        var logKey = Path.Combine(data, BackupFiles.LogKey);
        if (File.Exists(logKey) && !IsIn(logKey, log))
        {
            throw new CliException($"{logKey} is not the log's key: a server cannot start on it, nor on its backup.", ExitCodes.Invalid);
        }
    }

    private static bool IsIn(string file, PublicKey expected)
    {
        if (!File.Exists(file) || File.ReadAllBytes(file) is not { Length: SigningKey.SeedSizeBytes } seed)
        {
            return false;
        }

        using var key = SigningKey.FromSeed(seed);
        return key.PublicKey.Equals(expected);
    }

    private static async Task<BackupFile> WriteAsync(string directory, string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        var path = Path.Combine(directory, name);
        await using (var file = BackupFiles.Create(path))
        {
            await file.WriteAsync(content, cancellationToken);
        }

        return await BackupFiles.DescribeAsync(path, cancellationToken);
    }
}
