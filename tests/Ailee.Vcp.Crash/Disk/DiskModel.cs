using Ailee.Vcp.Crash.Faults;

namespace Ailee.Vcp.Crash.Disk;

/// <summary>
/// A directory as its journal tells it. POSIX promises that what was synced is there after a power cut, the names in a directory by a sync of
/// that directory, and nothing else; so this takes what was not. Names of a directory are lost from the last one back: file systems keep their order.
/// </summary>
internal sealed class DiskModel
{
    private readonly Dictionary<string, DiskFile> _now;
    private readonly Dictionary<string, DiskFile> _durable;
    private readonly Dictionary<string, List<Action<Dictionary<string, DiskFile>, string>>> _names = [];

    /// <param name="image">What is there at the start, all of it durable.</param>
    public DiskModel(DiskImage image)
    {
        _now = image.Files.ToDictionary(file => file.Key, file => new DiskFile(file.Value is null, file.Value ?? []));
        _durable = new Dictionary<string, DiskFile>(_now);
    }

    public void Apply(IEnumerable<JournalEntry> journal)
    {
        foreach (var entry in journal)
        {
            Apply(entry);
        }
    }

    /// <summary>What a process finds that comes after one that was killed.</summary>
    public DiskImage AfterKill() => new(_now.ToDictionary(file => file.Key, file => file.Value.IsDirectory ? null : file.Value.Now()));

    /// <summary>What is found when the power comes back.</summary>
    public DiskImage AfterPowerCut(Random random)
    {
        var files = new Dictionary<string, DiskFile>(_durable);
        var (names, content) = ((Loss)random.Next(3), (Loss)random.Next(3));
        foreach (var (directory, pending) in _names.OrderBy(directory => directory.Key, StringComparer.Ordinal))
        {
            var kept = names switch { Loss.Everything => 0, Loss.Nothing => pending.Count, _ => random.Next(pending.Count + 1) };
            pending.Take(kept).ToList().ForEach(change => change(files, directory));
        }

        var reachable = files.Where(file => IsReachable(files, file.Key)).OrderBy(file => file.Key, StringComparer.Ordinal);
        return new DiskImage(reachable.ToDictionary(file => file.Key, file => file.Value.IsDirectory ? null : file.Value.AfterPowerCut(content, random)));
    }

    private bool IsDirectory(string path) => path.Length == 0 || (_now.TryGetValue(path, out var file) && file.IsDirectory);

    private static bool IsReachable(Dictionary<string, DiskFile> files, string path) =>
        ParentOf(path) is var parent && (parent.Length == 0 || (files.ContainsKey(parent) && IsReachable(files, parent)));

    private static string ParentOf(string path) => Path.GetDirectoryName(path) ?? string.Empty;

    private void Apply(JournalEntry entry)
    {
        switch (entry.Type)
        {
            case OperationType.Create or OperationType.MakeDirectory:
                var made = new DiskFile(entry.Type == OperationType.MakeDirectory, []);
                Name(entry.Path, (files, path) => files[path] = made);
                break;
            case OperationType.Unlink:
                Name(entry.Path, (files, path) => files.Remove(path));
                break;
            case OperationType.Rename when _now.TryGetValue(entry.Path, out var moved):
                Name(entry.Target, (files, path) =>
                {
                    Move(files, entry.Path, path);
                    files[path] = moved;
                });
                Move(_names, entry.Path, entry.Target);
                break;
            case OperationType.Sync when IsDirectory(entry.Path):
                _names.Remove(entry.Path, out var names);
                names?.ForEach(change => change(_durable, entry.Path));
                break;
            // A file that has no name any more is gone with the process.
            case var type when _now.TryGetValue(entry.Path, out var file):
                Change(file, type, entry);
                break;
        }
    }

    private static void Change(DiskFile file, OperationType type, JournalEntry entry)
    {
        switch (type)
        {
            case OperationType.Sync:
                file.Sync();
                break;
            case OperationType.FailedSync:
                file.Forget();
                break;
            case OperationType.Truncate:
                file.SetLength(entry.Offset);
                break;
            case OperationType.Write:
                file.Write(entry.Offset, entry.Data);
                break;
        }
    }

    // What lies in a directory goes with it.
    private static void Move<T>(Dictionary<string, T> all, string from, string to)
    {
        foreach (var path in all.Keys.Where(path => path == from || path.StartsWith(from + "/", StringComparison.Ordinal)).ToList())
        {
            all.Remove(path, out var moved);
            all[to + path[from.Length..]] = moved!;
        }
    }

    /// <summary>Changes a name, for now only for the process. The directory may have another name itself when that becomes durable.</summary>
    private void Name(string path, Action<Dictionary<string, DiskFile>, string> change)
    {
        change(_now, path);
        var (directory, name) = (ParentOf(path), Path.GetFileName(path));
        if (!_names.TryGetValue(directory, out var pending))
        {
            _names.Add(directory, pending = []);
        }

        pending.Add((files, parent) => change(files, Path.Combine(parent, name)));
    }
}
