namespace Ailee.Vcp.Sandbox.Tests.Files;

/// <summary>A file system as plainly as it can be written: full paths, each a directory (null) or a file's text. No links, no inodes.</summary>
internal sealed class FileSystemModel
{
    private readonly SortedDictionary<string, string?> _nodes = new(StringComparer.Ordinal);

    /// <summary>Every path with what is there, in order.</summary>
    public IEnumerable<string> Contents => _nodes.Select(node => node.Value is null ? node.Key + "/" : $"{node.Key}={node.Value}");

    public long Bytes => _nodes.Values.Sum(text => (long)(text?.Length ?? 0));

    public int Entries => _nodes.Count;

    public void Add(string path, string? text) => _nodes.Add(path, text);

    public int Apply(FileOperation operation)
    {
        var (path, other) = (operation.Path, operation.Other);
        return Reach(path) is var error and not Errno.Success ? error : operation.Kind switch
        {
            FileOperationKind.MakeDirectory => Has(path) ? Errno.Exists : Set(path, null),
            FileOperationKind.RemoveDirectory => !Has(path) ? Errno.NoEntry : !IsDirectory(path) ? Errno.NotDirectory : Below(path).Count > 0 ? Errno.NotEmpty : Take(path),
            FileOperationKind.Write => IsDirectory(path) ? Errno.IsDirectory : Set(path, other),
            FileOperationKind.Unlink => !Has(path) ? Errno.NoEntry : IsDirectory(path) ? Errno.IsDirectory : Take(path),
            _ => Rename(path, other),
        };
    }

    private int Rename(string path, string other)
    {
        var error = Reach(other) is var unreachable and not Errno.Success ? unreachable
            : !Has(path) ? Errno.NoEntry
            : IsDirectory(path) && other.StartsWith(path + "/", StringComparison.Ordinal) ? Errno.Invalid
            : !Has(other) || path == other ? Errno.Success
            : IsDirectory(path) ? !IsDirectory(other) ? Errno.NotDirectory : Below(other).Count > 0 ? Errno.NotEmpty : Errno.Success
            : IsDirectory(other) ? Errno.IsDirectory : Errno.Success;
        if (error != Errno.Success || path == other)
        {
            return error;
        }

        _nodes.Remove(other);
        foreach (var moved in Below(path).Append(path))
        {
            _nodes.Add(other + moved[path.Length..], _nodes[moved]);
            _nodes.Remove(moved);
        }

        return Errno.Success;
    }

    // Whether everything above a path is there and a directory.
    private int Reach(string path)
    {
        for (var slash = path.IndexOf('/'); slash >= 0; slash = path.IndexOf('/', slash + 1))
        {
            if (!IsDirectory(path[..slash]))
            {
                return Has(path[..slash]) ? Errno.NotDirectory : Errno.NoEntry;
            }
        }

        return Errno.Success;
    }

    private bool Has(string path) => _nodes.ContainsKey(path);

    private bool IsDirectory(string path) => _nodes.TryGetValue(path, out var text) && text is null;

    private List<string> Below(string path) => [.. _nodes.Keys.Where(key => key.StartsWith(path + "/", StringComparison.Ordinal))];

    private int Set(string path, string? text)
    {
        _nodes[path] = text;
        return Errno.Success;
    }

    private int Take(string path)
    {
        _nodes.Remove(path);
        return Errno.Success;
    }
}
