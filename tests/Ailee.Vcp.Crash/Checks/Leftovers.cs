namespace Ailee.Vcp.Crash.Checks;

/// <summary>Files that a server makes. Whatever else lies there was left behind, and more would be with every crash.</summary>
internal static class Leftovers
{
    private static readonly HashSet<string> Expected =
    [
        "data/vcp.db", "data/vcp.db-wal", "data/vcp.db-shm", "data/lock", "data/node.key", "data/node.counter", "data/orchestrator.key",
        "data/log.key", "data/cache.key", "data/admin.key", "data/clock", "guard/checkpoint", "agent/counter",
    ];

    /// <summary>The files that should not be there.</summary>
    /// <param name="root">Directory of the server's.</param>
    /// <param name="known">How many modules were compiled and logs were ended, at most.</param>
    public static List<string> Find(string root, Known known)
    {
        var files = Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(root, path)).ToList();
        var compiled = files.Where(path => path.StartsWith("data/compiled/", StringComparison.Ordinal)).ToList();
        var past = files.Where(path => path.StartsWith("data/log.key.", StringComparison.Ordinal) && !path.EndsWith(".new", StringComparison.Ordinal)).ToList();
        // A file beside its place is replaced by the next.
        var left = files.Except(compiled).Except(past).Where(path => !Expected.Contains(path) && !(path.EndsWith(".new", StringComparison.Ordinal) && Expected.Contains(path[..^4]))).ToList();
        if (compiled.Count > known.Modules.Count)
        {
            left.Add($"{compiled.Count} compiled modules of {known.Modules.Count}");
        }

        if (past.Count > known.PastLogKeys.Count)
        {
            left.Add($"{past.Count} keys of {known.PastLogKeys.Count} logs that ended");
        }

        return left;
    }
}
