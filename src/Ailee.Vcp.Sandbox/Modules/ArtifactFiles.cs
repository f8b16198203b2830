namespace Ailee.Vcp.Sandbox.Modules;

/// <summary>
/// Which artifacts lie on disk, in the order of their last use, of whatever profile: those of an engine that is gone are used no
/// more and go first. The order outlives the process as the files' time of modification. Thread-safe.
/// </summary>
internal sealed class ArtifactFiles
{
    public const string Extension = ".cwasm";

    private const string TemporaryMark = Extension + ".";

    private readonly object _gate = new();
    private readonly long _maxBytes;
    private readonly TimeProvider _time;
    private readonly Dictionary<string, LinkedListNode<(string Path, long Bytes)>> _files = [];
    private readonly LinkedList<(string Path, long Bytes)> _byUse = new();
    private long _bytes;
    private long _evictions;

    public ArtifactFiles(string root, long maxBytes, TimeProvider time)
    {
        _maxBytes = maxBytes;
        _time = time;
        foreach (var file in Find(root).OrderBy(file => file.LastWriteTimeUtc))
        {
            if (file.Extension == Extension)
            {
                Add(file.FullName, file.Length);
            }
            else if (file.Name.Contains(TemporaryMark, StringComparison.Ordinal))
            {
                // What a process was writing when it ended.
                TryDelete(file.FullName);
            }
        }

        MakeRoom();
    }

    /// <summary>A name beside the file, for writing it.</summary>
    public static string TemporaryName(string path) => $"{path}.{Guid.NewGuid():N}";

    public static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It stays behind as a file that nobody reads, or that is overwritten next time.
        }
    }

    public void Used(string path)
    {
        lock (_gate)
        {
            if (_files.TryGetValue(path, out var node))
            {
                _byUse.Remove(node);
                _byUse.AddFirst(node);
            }
        }

        Touch(path);
    }

    /// <summary>Moves a file that is written to its place, and makes room for it.</summary>
    /// <exception cref="IOException">It cannot be moved there.</exception>
    public void Place(string temporary, string path, long bytes)
    {
        Touch(temporary);
        lock (_gate)
        {
            File.Move(temporary, path, overwrite: true);
            Forget(path);
            Add(path, bytes);
            MakeRoom();
        }
    }

    public void Delete(string path)
    {
        lock (_gate)
        {
            Forget(path);
            TryDelete(path);
        }
    }

    public (int Entries, long Bytes, long Evictions) Statistics()
    {
        lock (_gate)
        {
            return (_files.Count, _bytes, _evictions);
        }
    }

    private static List<FileInfo> Find(string root)
    {
        try
        {
            return [.. new DirectoryInfo(root).EnumerateDirectories().SelectMany(profile => profile.EnumerateFiles())];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // No directory yet, or none that can be read: then there is nothing to bound either.
            return [];
        }
    }

    private void Touch(string path)
    {
        try
        {
            File.SetLastWriteTimeUtc(path, _time.GetUtcNow().UtcDateTime);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Only the order after the next start is less exact.
        }
    }

    private void Add(string path, long bytes)
    {
        _files.Add(path, _byUse.AddFirst((path, bytes)));
        _bytes += bytes;
    }

    private void Forget(string path)
    {
        if (_files.Remove(path, out var node))
        {
            _byUse.Remove(node);
            _bytes -= node.Value.Bytes;
        }
    }

    private void MakeRoom()
    {
        while (_bytes > _maxBytes && _byUse.Last is { } oldest)
        {
            Forget(oldest.Value.Path);
            TryDelete(oldest.Value.Path);
            _evictions++;
        }
    }
}
