using System.Runtime.Versioning;
using System.Security.Cryptography;
using Ailee.Vcp.Cli.Files;
using Ailee.Vcp.Core;
using Ailee.Vcp.Node.Keys;

namespace Ailee.Vcp.Cli.Backup;

/// <summary>The files of a backup, and how they are written: for their owner only, flushed, and hashed on the way.</summary>
internal static class BackupFiles
{
    public const string Database = "vcp.db";
    public const string Manifest = "manifest.json";

    /// <summary>The checkpoint as it was in the database.</summary>
    public const string Checkpoint = "checkpoint";

    /// <summary>Held by whoever uses a directory.</summary>
    public const string Lock = "lock";

    public const string LogKey = "log.key";
    public const string OrchestratorKey = "orchestrator.key";

    private const int BufferBytes = 1 << 20;

    /// <summary>
    /// Small files of a data directory that a backup takes, if they are there, after the database: a counter that is copied later is never
    /// lower than those in it. Caches and their key can be made again, and a witness's key must not come back.
    /// </summary>
    public static IReadOnlyList<string> Small { get; } = ["node.counter", "node.key", LogKey, "admin.key", OrchestratorKey];

    /// <summary>Makes a directory that only its owner may look into, also of one that is there.</summary>
    /// <exception cref="CliException">The one that is there is another user's.</exception>
    public static void MakeDirectory(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            MakeForOwner(path);
        }
    }

    /// <summary>Takes a directory for as long as the result is not disposed.</summary>
    /// <exception cref="IOException">Somebody else has it.</exception>
    public static IDisposable Take(string directory) =>
        new FileStream(Path.Combine(directory, Lock), new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None, Options = FileOptions.DeleteOnClose });

    /// <summary>Makes a new file that only its owner may read.</summary>
    public static FileStream Create(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
        {
            SetOwnerOnly(options);
        }

        return new FileStream(path, options);
    }

    /// <summary>Refuses what may have no end, or be elsewhere.</summary>
    /// <exception cref="CliException">It is no regular file.</exception>
    public static void RequireRegular(string path)
    {
        if (!FileType.IsRegular(path))
        {
            throw new CliException($"{path} is a link, pipe, device or directory; backups have regular files only.");
        }
    }

    /// <summary>Copies a regular file to a new one, durably, and says what was copied.</summary>
    /// <param name="from">The file.</param>
    /// <param name="to">The new one.</param>
    /// <param name="most">Where it stops. Unit: bytes.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<BackupFile> CopyAsync(string from, string to, long most, CancellationToken cancellationToken)
    {
        RequireRegular(from);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await using var source = File.OpenRead(from);
        await using var target = Create(to);
        var buffer = new byte[BufferBytes];
        long size = 0;
        while (await source.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, most - size)), cancellationToken) is var read and > 0)
        {
            hash.AppendData(buffer, 0, read);
            await target.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            size += read;
        }

        DiskSync.Flush(target);
        return new BackupFile(Path.GetFileName(to), size, new Digest(hash.GetHashAndReset()).ToString());
    }

    /// <summary>Flushes a file that somebody else wrote, and says what is in it.</summary>
    public static async Task<BackupFile> DescribeAsync(string path, CancellationToken cancellationToken)
    {
        await using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        DiskSync.Flush(file);
        return new BackupFile(Path.GetFileName(path), file.Length, new Digest(await SHA256.HashDataAsync(file, cancellationToken)).ToString());
    }

    /// <summary>Flushes the names in a directory, and its own.</summary>
    public static void FlushNames(string directory)
    {
        DiskSync.FlushDirectory(directory);
        DiskSync.FlushDirectory(Path.GetDirectoryName(directory)!);
    }

    [UnsupportedOSPlatform("windows")]
    private static void MakeForOwner(string path)
    {
        const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        var directory = Directory.CreateDirectory(path, OwnerOnly);
        try
        {
            if (directory.UnixFileMode != OwnerOnly)
            {
                directory.UnixFileMode = OwnerOnly;
            }
        }
        catch (UnauthorizedAccessException)
        {
            throw new CliException($"{path} is another user's, and cannot be made one that only you may look into (mode 0700). Choose a directory of your own, such as a new one in it.");
        }
    }

    [UnsupportedOSPlatform("windows")]
    private static void SetOwnerOnly(FileStreamOptions options) => options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
}
