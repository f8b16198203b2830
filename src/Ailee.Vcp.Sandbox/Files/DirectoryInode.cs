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
    // The listing that was made last, and the names that were added or taken away since: making the next one takes a walk through
    // it, not another sort, so that its price for an entry is a flat one.
    private readonly SortedSet<string> _changed = new(Utf8Order.Instance);
    private IReadOnlyList<DirectoryEntry> _listing = lower?.Listing ?? [];
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
        _changed.Add(name);
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
        _changed.Add(name);
    }

    /// <summary>Names in ascending order of their UTF-8 bytes. The list never changes; a change of the directory makes a new one.</summary>
    public IReadOnlyList<DirectoryEntry> List()
    {
        if (_changed.Count > 0)
        {
            _listing = Merge();
            _changed.Clear();
        }

        return _listing;
    }

    /// <summary>Names that the guest added or looked up; the others are as in the bundle.</summary>
    public IEnumerable<(string Name, Inode Inode, bool Added)> Touched() =>
        from slot in _upper
        where slot.Value.Inode is not null
        select (slot.Key, slot.Value.Inode, slot.Value.Added);

    private List<DirectoryEntry> Merge()
    {
        var merged = new List<DirectoryEntry>(_count);
        var before = 0;
        foreach (var name in _changed)
        {
            for (; before < _listing.Count && Utf8Order.Instance.Compare(_listing[before].Name, name) < 0; before++)
            {
                merged.Add(_listing[before]);
            }

            before += before < _listing.Count && _listing[before].Name == name ? 1 : 0;
            if (_upper.TryGetValue(name, out var slot) && slot.Inode is { } inode)
            {
                merged.Add(new DirectoryEntry(name, inode.Number, inode.Kind));
            }
        }

        merged.AddRange(_listing.Skip(before));
        return merged;
    }
}
