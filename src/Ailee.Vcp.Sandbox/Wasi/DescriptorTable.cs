using Ailee.Vcp.Sandbox.Execution;
using Ailee.Vcp.Sandbox.Files;

namespace Ailee.Vcp.Sandbox.Wasi;

/// <summary>What a guest has open: 0, 1 and 2 are the standard streams, the preopened directories follow, then what it opens.</summary>
internal sealed class DescriptorTable
{
    // Listings are kept while they are read; the guest pays for making one, not for keeping it.
    private const int MaxListedEntries = 1 << 20;

    private readonly long _limit;
    private readonly List<Descriptor?> _open = [];
    private int _lowestFree;
    private long _listed;

    private DescriptorTable(long limit) => _limit = limit;

    public static DescriptorTable Create(ExecutionRequest request, FileSystem files)
    {
        var table = new DescriptorTable(request.Invocation.Limits.Descriptors);
        table._open.AddRange([new StreamDescriptor(StreamKind.Stdin), new StreamDescriptor(StreamKind.Stdout), new StreamDescriptor(StreamKind.Stderr)]);
        foreach (var name in request.Bundle?.Preopens ?? [])
        {
            if (files.Find(files.Root, name.Trim('/'), follow: true, out var inode) != Errno.Success || inode is not DirectoryInode directory)
            {
                throw new InvalidOperationException("A preopened directory of the bundle is not in it.");
            }

            table._open.Add(Preopened(directory, name));
        }

        table._open.Add(Preopened(files.Root, "/"));
        table._open.Add(Preopened(files.Root, "."));
        table._lowestFree = table._open.Count;
        return table;
    }

    public Descriptor? Find(int number) => (uint)number < (uint)_open.Count ? _open[number] : null;

    /// <summary>Whether one more can be opened.</summary>
    public bool HasRoom => LowestFree() < _limit;

    /// <summary>Opens under the lowest number that is free; there must be room.</summary>
    /// <returns>The number.</returns>
    public uint Open(Descriptor descriptor)
    {
        var number = LowestFree();
        if (number == _open.Count)
        {
            _open.Add(null);
        }

        _open[number] = descriptor;
        (descriptor as FileDescriptor)?.File.Opened();
        return (uint)number;
    }

    public Errno Close(int number)
    {
        if (Find(number) is not { } descriptor)
        {
            return Errno.BadDescriptor;
        }

        _open[number] = null;
        _lowestFree = Math.Min(_lowestFree, number);
        Drop(descriptor);
        return Errno.Success;
    }

    /// <summary>Moves an open descriptor over another open one, which is closed.</summary>
    public Errno Renumber(int from, int to)
    {
        if (Find(from) is not { } moved || Find(to) is not { } replaced)
        {
            return Errno.BadDescriptor;
        }

        if (from != to)
        {
            _open[from] = null;
            _open[to] = moved;
            _lowestFree = Math.Min(_lowestFree, from);
            Drop(replaced);
        }

        return Errno.Success;
    }

    /// <summary>Keeps a listing for as long as the directory is open, or until the next one.</summary>
    public Errno Keep(DirectoryDescriptor directory, IReadOnlyList<DirectoryEntry> listing)
    {
        _listed -= directory.Listing?.Count ?? 0;
        directory.Listing = null;
        if (listing.Count > MaxListedEntries - _listed)
        {
            return Errno.NoMemory;
        }

        _listed += listing.Count;
        directory.Listing = listing;
        return Errno.Success;
    }

    private int LowestFree()
    {
        while (_lowestFree < _open.Count && _open[_lowestFree] is not null)
        {
            _lowestFree++;
        }

        return _lowestFree;
    }

    private void Drop(Descriptor descriptor)
    {
        (descriptor as FileDescriptor)?.File.Closed();
        if (descriptor is DirectoryDescriptor directory)
        {
            Keep(directory, []);
        }
    }

    private static DirectoryDescriptor Preopened(DirectoryInode directory, string name) => new(directory, Rights.Directory, Rights.Directory | Rights.File, 0, name);
}
