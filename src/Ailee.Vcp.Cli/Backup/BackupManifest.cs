using System.Text.Json;
using Ailee.Vcp.Core;

namespace Ailee.Vcp.Cli.Backup;

/// <summary><c>manifest.json</c> of a backup, written last: a directory without one is no backup.</summary>
/// <param name="Version">1.</param>
/// <param name="TakenAt">When the backup was begun.</param>
/// <param name="DatabaseVersion">The database's own version.</param>
/// <param name="LogOrigin">The log.</param>
/// <param name="LogSize">Entries that its checkpoint covers.</param>
/// <param name="LogRoot">The root over them.</param>
/// <param name="Files">Every other file.</param>
internal sealed record BackupManifest(int Version, DateTimeOffset TakenAt, long DatabaseVersion, string LogOrigin, long LogSize, string LogRoot, IReadOnlyList<BackupFile> Files)
{
    /// <summary>The version that this program writes and reads.</summary>
    public const int Current = 1;

    private const long LargestBytes = 1 << 20;

    private static readonly string[] Known = [BackupFiles.Database, BackupFiles.Checkpoint, .. BackupFiles.Small];

    /// <summary>Reads the manifest of a backup. Its names are only those that a backup has, each once.</summary>
    /// <exception cref="CliException">There is none, or it is not usable.</exception>
    public static BackupManifest Read(string directory)
    {
        var path = Path.Combine(directory, BackupFiles.Manifest);
        if (!File.Exists(path))
        {
            throw new CliException($"{directory} is no backup: it has no {BackupFiles.Manifest}, which is written last.");
        }

        BackupFiles.RequireRegular(path);
        if (new FileInfo(path).Length > LargestBytes)
        {
            throw new CliException($"{path} is no manifest: it is longer than {LargestBytes} bytes.");
        }

        try
        {
            var manifest = JsonSerializer.Deserialize(File.ReadAllBytes(path), CliJson.Default.BackupManifest);
            return manifest?.Problem() is not { } problem ? manifest ?? throw new CliException($"{path} is empty.") : throw new CliException($"{path} {problem}");
        }
        catch (JsonException exception)
        {
            throw new CliException($"{path} cannot be read: {exception.Message}");
        }
    }

    private string? Problem() =>
        Version != Current ? $"is of version {Version}; this program reads version {Current}."
        : Files?.All(file => file is not null && Known.Contains(file.Name, StringComparer.Ordinal) && Digest.TryParse(file.Sha256, out _) && file.SizeBytes >= 0) is not true ? "names files that no backup has, no size, or no SHA-256."
        : Files.DistinctBy(file => file.Name).Count() != Files.Count ? "names a file twice."
        : Files.All(file => file.Name != BackupFiles.Database) || Files.All(file => file.Name != BackupFiles.OrchestratorKey) ? "lacks the database or the orchestrator's key."
        : null;
}

/// <summary>A file of a backup.</summary>
/// <param name="Name">Its name.</param>
/// <param name="SizeBytes">Its length.</param>
/// <param name="Sha256">Its digest, <c>sha256:</c> and 64 hexadecimal digits.</param>
internal sealed record BackupFile(string Name, long SizeBytes, string Sha256);
