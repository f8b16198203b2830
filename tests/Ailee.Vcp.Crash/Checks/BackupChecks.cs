using Ailee.Vcp.Cli.Backup;
using Ailee.Vcp.Core;
using Ailee.Vcp.Crash.Hosting;
using Ailee.Vcp.Node.Keys;

namespace Ailee.Vcp.Crash.Checks;

/// <summary>Whatever has the name of a backup is a whole one. They are removed then, so that the next crash has its own.</summary>
internal static class BackupChecks
{
    private const string Partial = ".partial";

    public static async Task CheckAsync(Known known, string root, CancellationToken cancellationToken)
    {
        var backups = ServerArguments.BackupsOf(root);
        var found = Directory.GetDirectories(backups);
        var lost = known.Backups.Except(found.Select(Path.GetFileName)).FirstOrDefault();
        CheckException.Unless(lost is null, $"The backup {lost} was taken and is not there.");
        foreach (var backup in found)
        {
            if (!backup.EndsWith(Partial, StringComparison.Ordinal))
            {
                await CheckAsync(backup, cancellationToken);
            }

            Directory.Delete(backup, recursive: true);
        }

        // Else one that is half removed may come back with the next power cut.
        DiskSync.FlushDirectory(backups);
        known.Backups.Clear();
    }

    private static async Task CheckAsync(string backup, CancellationToken cancellationToken)
    {
        foreach (var file in BackupManifest.Read(backup).Files)
        {
            var content = await File.ReadAllBytesAsync(Path.Combine(backup, file.Name), cancellationToken);
            CheckException.Unless(Digest.Of(content).ToString() == file.Sha256, $"{file.Name} of a backup is not what its manifest says.");
        }

        var faults = await BackupDatabase.FaultsAsync(backup, cancellationToken);
        CheckException.Unless(faults.Count == 0, $"A backup is damaged: {string.Join("; ", faults)}");
    }
}
