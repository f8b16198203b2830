namespace Ailee.Vcp.Crash.Disk;

/// <summary>The content of a directory.</summary>
/// <param name="Files">Content by relative path; null for a directory.</param>
internal sealed record DiskImage(IReadOnlyDictionary<string, byte[]?> Files)
{
    /// <summary>Reads a directory.</summary>
    public static DiskImage Read(string directory)
    {
        var files = new Dictionary<string, byte[]?>();
        foreach (var path in Directory.EnumerateFileSystemEntries(directory, "*", SearchOption.AllDirectories))
        {
            files.Add(Path.GetRelativePath(directory, path), Directory.Exists(path) ? null : ReadFile(path));
        }

        return new DiskImage(files);
    }

    // A process that died holds no locks; a server that only lost its disk may hold its own, which is empty.
    private static byte[] ReadFile(string path) => new FileInfo(path).Length == 0 ? [] : File.ReadAllBytes(path);

    /// <summary>Writes it into a new directory.</summary>
    public void WriteTo(string directory)
    {
        Directory.CreateDirectory(directory);
        foreach (var (path, content) in Files.OrderBy(file => file.Key, StringComparer.Ordinal))
        {
            if (content is null)
            {
                Directory.CreateDirectory(Path.Combine(directory, path));
            }
            else
            {
                File.WriteAllBytes(Path.Combine(directory, path), content);
            }
        }
    }

    /// <summary>What is different, but for what SQLite shares by memory: a sentence, or null.</summary>
    public string? DifferenceTo(DiskImage other)
    {
        foreach (var path in Files.Keys.Union(other.Files.Keys).Where(path => !path.EndsWith("-shm", StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            if (!Files.TryGetValue(path, out var mine) || !other.Files.TryGetValue(path, out var its))
            {
                return $"{path} is only in one of them";
            }

            if ((mine is null) != (its is null) || !mine.AsSpan().SequenceEqual(its))
            {
                return $"{path} has {mine?.Length} and {its?.Length} bytes, which differ";
            }
        }

        return null;
    }
}
