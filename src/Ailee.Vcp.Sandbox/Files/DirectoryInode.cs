using System.Collections.Frozen;
using Ailee.Vcp.Core;

namespace Ailee.Vcp.Sandbox.Files;

/// <summary>A name in a listing.</summary>
internal readonly record struct DirectoryEntry(string Name, ulong Number, FileKind Kind);

/// <summary>
/// A directory: the bundle's names below, and above them the names that the guest added, or took away, or that were looked up.
/// </summary>
/// <param name="number">Number.</param>
/// <param name="time">Times.</param>
/// <param name="parent">The directory that it is in; the root is its own.</param>
/// <param name="lower">What the bundle has here, if it does.</param>
/// <param name="load">Makes the inode of something in the bundle.</param>
internal sealed class DirectoryInode(ulong number, ulong time, DirectoryInode? parent, BundleTree? lower, Func<BundleTree, DirectoryInode, Inode>? load)
    : Inode(number, time)
{
    // A null inode hides a name of the bundle.
    private readonly Dictionary<string, (Inode? Inode, bool Added)> _upper = new(StringComparer.Ordinal);
    private readonly FrozenDictionary<string, BundleTree> _lower = lower?.Children ?? FrozenDictionary<string, BundleTree>.Empty;
    private IReadOnlyList<DirectoryEntry>? _listing;
    private int _count = lower?.Children.Count ?? 0;

    public DirectoryInode Parent { get => field ?? this; set; } = parent!;

    public override long SizeBytes => 0;

    public override FileKind Kind => FileKind.Directory;

    public bool IsEmpty => _count == 0;

    public Inode? Find(string name)
    {
        if (_upper.TryGetValue(name, out var slot))
        {
            return slot.Inode;
        }

        if (!_lower.TryGetValue(name, out var bundled))
        {
            return null;
        }

        var inode = load!(bundled, this);
        inode.Links = 1;
        _upper.Add(name, (inode, false));
        return inode;
    }

    /// <summary>Gives an inode a name that is free.</summary>
    public void Add(string name, Inode inode)
    {
        _upper[name] = (inode, true);
        inode.Links++;
        _count++;
        _listing = null;
        if (inode is DirectoryInode directory)
        {
            directory.Parent = this;
        }
    }

    /// <summary>Whether the guest gave this name.</summary>
    public bool IsAdded(string name) => _upper.TryGetValue(name, out var slot) && slot.Added;

    /// <summary>Takes a name away that was found.</summary>
    public void Remove(string name)
    {
        var inode = _upper[name].Inode!;
        if (_lower.ContainsKey(name))
        {
            _upper[name] = (null, false);
        }
        else
        {
            _upper.Remove(name);
        }

        inode.Links--;
        _count--;
        _listing = null;
    }

    /// <summary>Names in ascending order of their UTF-8 bytes. The list never changes; a change of the directory makes a new one.</summary>
    public IReadOnlyList<DirectoryEntry> List()
    {
        if (_listing is null)
        {
            var entries = new List<DirectoryEntry>(_count);
            entries.AddRange(_upper.Where(slot => slot.Value.Inode is not null).Select(slot => new DirectoryEntry(slot.Key, slot.Value.Inode!.Number, slot.Value.Inode.Kind)));
            entries.AddRange(_lower.Where(below => !_upper.ContainsKey(below.Key)).Select(below => new DirectoryEntry(below.Key, below.Value.Number, below.Value.Kind)));
            entries.Sort(static (left, right) => Utf8Order.Instance.Compare(left.Name, right.Name));
            _listing = entries;
        }

        return _listing;
    }

    /// <summary>Names that the guest added or looked up; the others are as in the bundle.</summary>
    public IEnumerable<(string Name, Inode Inode, bool Added)> Touched() =>
        from slot in _upper
        where slot.Value.Inode is not null
        select (slot.Key, slot.Value.Inode, slot.Value.Added);
}
