namespace Ailee.Vcp.Crash.Checks;

/// <summary>Files that a server makes. Whatever else lies there was left behind, and more would be with every crash.</summary>
internal static class Leftovers
{
    private static readonly HashSet<string> Known =
    [
        "data/vcp.db", "data/vcp.db-wal", "data/vcp.db-shm", "data/lock", "data/node.key", "data/node.counter", "data/orchestrator.key",
        "data/log.key", "data/cache.key", "data/admin.key", "guard/checkpoint", "agent/counter",
    ];

    /// <summary>The files that should not be there.</summary>
    /// <param name="root">Directory of the server's.</param>
    /// <param name="modules">Modules that were compiled, at most.</param>
    public static List<string> Find(string root, int modules)
    {
        var files = Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(root, path)).ToList();
        var compiled = files.Where(path => path.StartsWith("data/compiled/", StringComparison.Ordinal)).ToList();
        // A file beside its place is replaced by the next.
        var left = files.Except(compiled).Where(path => !Known.Contains(path) && !(path.EndsWith(".new", StringComparison.Ordinal) && Known.Contains(path[..^4]))).ToList();
        if (compiled.Count > modules)
        {
            left.Add($"{compiled.Count} compiled modules of {modules}");
        }

        return left;
    }
}
