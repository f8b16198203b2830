using Ailee.Vcp.Core.Bundles;

namespace Ailee.Vcp.Benchmarks;

/// <summary>A command with its files, to be run in our sandbox and in plain Wasmtime.</summary>
internal sealed record BenchCommand(byte[] Module, params string[] Arguments)
{
    /// <summary>Variables of the command.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>The tree that it finds at <c>/</c>, by path.</summary>
    public IReadOnlyDictionary<string, byte[]> Files { get; init; } = new Dictionary<string, byte[]>();

    /// <summary>The tree for our sandbox, or null if it is empty.</summary>
    public Bundle? ToBundle()
    {
        if (Files.Count == 0)
        {
            return null;
        }

        var directories = Files.Keys.SelectMany(Parents).Distinct().Select(path => new BundleEntry(path, BundleEntryKind.Directory));
        return new Bundle(directories.Concat(Files.Select(file => new BundleEntry(file.Key, BundleEntryKind.File, file.Value))));
    }

    /// <summary>The tree for everybody else.</summary>
    public void WriteTo(DirectoryInfo directory)
    {
        foreach (var (path, content) in Files)
        {
            var file = Path.Combine(directory.FullName, path);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllBytes(file, content);
        }
    }

    private static IEnumerable<string> Parents(string path) => Enumerable.Range(0, path.Length).Where(at => path[at] == '/').Select(at => path[..at]);
}
