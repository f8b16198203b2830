namespace Ailee.Vcp.Benchmarks;

/// <summary>A temporary directory of this machine, for guests of plain Wasmtime.</summary>
internal sealed class HostDirectory : IDisposable
{
    private const string MemoryFileSystem = "/dev/shm";

    private readonly DirectoryInfo _parent;

    private HostDirectory(DirectoryInfo parent)
    {
        _parent = parent;
        Directory = parent.CreateSubdirectory("root");
    }

    /// <summary>The directory, empty at first.</summary>
    public DirectoryInfo Directory { get; }

    /// <summary>On a file system in memory (tmpfs) where there is one.</summary>
    public static HostDirectory InMemory() => System.IO.Directory.Exists(MemoryFileSystem)
        ? new(System.IO.Directory.CreateDirectory(Path.Combine(MemoryFileSystem, $"vcp-bench-{Guid.NewGuid():N}")))
        : OnDisk();

    /// <summary>Where temporary files are.</summary>
    public static HostDirectory OnDisk() => new(System.IO.Directory.CreateTempSubdirectory("vcp-bench-"));

    public void Dispose() => _parent.Delete(recursive: true);
}
