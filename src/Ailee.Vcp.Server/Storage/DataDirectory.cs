using Ailee.Vcp.Node.Keys;

namespace Ailee.Vcp.Server.Storage;

/// <summary>The data directory, locked: a second server on the same one is refused. The lock goes with the process, however it ends.</summary>
internal sealed class DataDirectory : IDisposable
{
    private readonly FileStream _lock;

    /// <exception cref="StartupException">The directory cannot be used; the message says why.</exception>
    public DataDirectory(StorageOptions options)
    {
        Root = Path.GetFullPath(options.DataDirectory);
        try
        {
            Create(Root);
            // Keys that a process named, which was killed before it had synced that, are relied on from here on.
            DiskSync.FlushDirectory(Root);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"The data directory {Root} cannot be made: {exception.Message} Set Storage:DataDirectory to a place that this user may write.");
        }

        _lock = Lock();
        if (Directory.Exists(Path.Combine(Root, "restore.partial")))
        {
            _lock.Dispose();
            throw new StartupException($"A backup was not restored to its end in {Root}. Empty the directory, and restore it again.");
        }

        if (new FileInfo(Database) is not { Exists: true, Length: > 0 } && File.Exists(OrchestratorKey))
        {
            _lock.Dispose();
            throw new StartupException($"{Root} has keys and no database. A new one would begin the log anew with the same keys: put {Database} back, or restore a backup. For a new server, choose an empty directory.");
        }

        Protect(Database);
    }

    public string Root { get; }

    public string Database => Path.Combine(Root, "vcp.db");

    public string NodeKey => Path.Combine(Root, "node.key");

    public string NodeCounter => Path.Combine(Root, "node.counter");

    public string OrchestratorKey => Path.Combine(Root, "orchestrator.key");

    public string LogKey => Path.Combine(Root, "log.key");

    public string WitnessKey => Path.Combine(Root, "witness.key");

    public string CacheKey => Path.Combine(Root, "cache.key");

    public string CompiledModules => Path.Combine(Root, "compiled");

    public string Uploads => Path.Combine(Root, "uploads");

    public string AdminKey => Path.Combine(Root, "admin.key");

    public void Dispose() => _lock.Dispose();

    private static void Create(string path)
    {
        if (OperatingSystem.IsWindows() || Directory.Exists(path))
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            var made = Missing(path);
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            // SQLite syncs names in the directory, but not that of the directory itself.
            made.ForEach(directory => DiskSync.FlushDirectory(Path.GetDirectoryName(directory)!));
        }
    }

    // Also where the directory was there and others may look into it. SQLite gives its other files the mode of this one.
    private static void Protect(string file)
    {
        new FileStream(file, Own(FileMode.OpenOrCreate, FileShare.ReadWrite)).Dispose();
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }

    private static FileStreamOptions Own(FileMode mode, FileShare share)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.ReadWrite, Share = share };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return options;
    }

    private static List<string> Missing(string path)
    {
        var missing = new List<string>();
        for (var directory = path; directory is not null && !Directory.Exists(directory); directory = Path.GetDirectoryName(directory))
        {
            missing.Add(directory);
        }

        return missing;
    }

    private FileStream Lock()
    {
        var path = Path.Combine(Root, "lock");
        try
        {
            return new FileStream(path, Own(FileMode.OpenOrCreate, FileShare.None));
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new StartupException($"The data directory {Root} cannot be written: {exception.Message}");
        }
        catch (IOException exception)
        {
            throw new StartupException(
                File.Exists(path) && !IsReadOnlyFileSystem(exception)
                    ? $"Another server uses the data directory {Root}. Stop it, or set Storage:DataDirectory to another place."
                    : $"The data directory {Root} cannot be written: {exception.Message}");
        }
    }

    // EROFS; .NET gives the raw error number as HResult.
    private static bool IsReadOnlyFileSystem(IOException exception) => exception.HResult == 30;
}
