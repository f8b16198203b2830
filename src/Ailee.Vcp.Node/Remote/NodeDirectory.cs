using System.Runtime.Versioning;

namespace Ailee.Vcp.Node.Remote;

/// <summary>Where a remote node keeps what is its own. Only its owner may read it.</summary>
/// <param name="path">The directory; it need not be there.</param>
public sealed class NodeDirectory(string path)
{
    /// <summary>The directory.</summary>
    public string Path { get; } = System.IO.Path.GetFullPath(path);

    /// <summary>The node's key.</summary>
    public string Key => In("node.key");

    /// <summary>What the node knows of its server: <see cref="NodeSettings"/>.</summary>
    public string Settings => In("node.json");

    /// <summary>Counters of statements that are used up.</summary>
    public string Counter => In("node.counter");

    /// <summary>The latest checkpoint of the server's log that the node saw.</summary>
    public string Checkpoint => In("log.checkpoint");

    /// <summary>The key that authenticates <see cref="CompiledModules"/>.</summary>
    public string CacheKey => In("cache.key");

    /// <summary>Compiled modules. May be deleted.</summary>
    public string CompiledModules => In("modules");

    /// <summary>Bundles while they are downloaded. May be deleted.</summary>
    public string Downloads => In("downloads");

    /// <summary>Makes the directory, if it is not there.</summary>
    public void Create() => Make(Path);

    /// <summary>Keeps other processes out until it is disposed or the process ends; null if one is in.</summary>
    public IDisposable? TryLock()
    {
        try
        {
            return new FileStream(In("node.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException exception) when (exception is not (DirectoryNotFoundException or FileNotFoundException))
        {
            return null;
        }
    }

    /// <summary>An empty place for downloads: what a crash left is deleted.</summary>
    internal string OpenDownloads()
    {
        if (Directory.Exists(Downloads))
        {
            Directory.Delete(Downloads, recursive: true);
        }

        Make(Downloads);
        return Downloads;
    }

    private string In(string name) => System.IO.Path.Combine(Path, name);

    private static void Make(string directory)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(directory);
        }
        else
        {
            MakeForOwner(directory);
        }
    }

    [UnsupportedOSPlatform("windows")]
    private static void MakeForOwner(string directory) => Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
}
