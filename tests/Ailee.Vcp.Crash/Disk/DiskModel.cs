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
    private readonly Dictionary<string, List<Action<Dictionary<string, DiskFile>>>> _names = [];

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
        foreach (var pending in _names.OrderBy(directory => directory.Key, StringComparer.Ordinal).Select(directory => directory.Value))
        {
            var kept = names switch { Loss.Everything => 0, Loss.Nothing => pending.Count, _ => random.Next(pending.Count + 1) };
            pending.Take(kept).ToList().ForEach(change => change(files));
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
                Name(entry.Path, files => files[entry.Path] = made);
                break;
            case OperationType.Unlink:
                Name(entry.Path, files => files.Remove(entry.Path));
                break;
            case OperationType.Rename when _now.TryGetValue(entry.Path, out var moved):
                Name(entry.Target, files =>
                {
                    files.Remove(entry.Path);
                    files[entry.Target] = moved;
                });
                break;
            case OperationType.Sync when IsDirectory(entry.Path):
                _names.Remove(entry.Path, out var names);
                names?.ForEach(change => change(_durable));
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

    private void Name(string path, Action<Dictionary<string, DiskFile>> change)
    {
        change(_now);
        var directory = ParentOf(path);
        if (!_names.TryGetValue(directory, out var pending))
        {
            _names.Add(directory, pending = []);
        }

        pending.Add(change);
    }
}
