using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Log;
using Ailee.Vcp.Core.Merkle;

namespace Ailee.Vcp.Cli.Log;

/// <summary>
/// Derives every tile and the root from the entries and compares them with what the log has. Holds a batch of entries, the right edge of the
/// tree, and every digest once, to find those that occur twice.
/// </summary>
internal sealed class LogFsck(ILogSource source)
{
    private const int BundlesAtOnce = 256;

    // Wider as the tree grows; those at the right edge are needed to go on.
    private readonly Dictionary<(int Level, long Index), ReadOnlyMemory<byte>> _edge = [];
    private readonly HashSet<Digest> _seen = [];
    private readonly List<string> _faults = [];

    /// <param name="expected">The key that must have signed the checkpoint; null for the one that the log names.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<FsckReport> RunAsync(NoteKey? expected, CancellationToken cancellationToken)
    {
        var head = await source.ReadHeadAsync(cancellationToken);
        var (size, root) = (0L, MerkleHash.Empty);
        while (size < head.Size)
        {
            var leaves = await ReadLeavesAsync(size, head.Size, cancellationToken);
            var growth = TileGrowth.Append(size, path => _edge[(path.Level, path.Index)], leaves);
            (size, root) = (growth.Size, growth.Root);
            await CompareAsync(growth.Tiles, head.Size, cancellationToken);
            Keep(growth.Tiles, size);
        }

        CheckHead(head, expected, root);
        _faults.AddRange(source.FindFurtherFaults(head));
        return new FsckReport(_faults.Count == 0, head.Key.Name, size, root.ToString(), head.Pending, _faults);
    }

    private async Task<Digest[]> ReadLeavesAsync(long first, long size, CancellationToken cancellationToken)
    {
        var count = (int)Math.Min(size - first, BundlesAtOnce * TilePath.FullWidth);
        var entries = new Digest?[count];
        await ForEachAsync(Enumerable.Range(0, (count + TilePath.FullWidth - 1) / TilePath.FullWidth), async (bundle, ended) =>
        {
            var index = (first / TilePath.FullWidth) + bundle;
            var path = new TilePath(TilePath.EntriesLevel, index, TilePath.WidthAt(TilePath.EntriesLevel, index, size));
            var read = await source.ReadEntriesAsync(path, ended);
            for (var i = 0; i < read.Count; i++)
            {
                entries[(bundle * TilePath.FullWidth) + i] = read[i];
            }
        }, cancellationToken);

        var leaves = new Digest[count];
        MerkleTree.Leaves(Array.ConvertAll(entries, entry => entry ?? default), leaves);
        for (var i = 0; i < count; i++)
        {
            if (entries[i] is not { } entry)
            {
                _faults.Add($"entry {first + i}: is missing, or not 32 bytes long");
                leaves[i] = await ReadLeafHashAsync(first + i, size, cancellationToken) ?? leaves[i];
            }
            else if (!_seen.Add(entry))
            {
                _faults.Add($"entry {first + i}: {entry} stands in the log before");
            }
        }

        return leaves;
    }

    // Without its entry a leaf is taken from the tile, so that one gap does not put every tile above it in doubt.
    private async Task<Digest?> ReadLeafHashAsync(long index, long size, CancellationToken cancellationToken)
    {
        var (tile, offset) = Math.DivRem(index, TilePath.FullWidth);
        var path = new TilePath(0, tile, TilePath.WidthAt(0, tile, size));
        var bytes = await source.ReadTileAsync(path, cancellationToken);
        return bytes?.Length == path.Width * Digest.SizeBytes ? new Digest(bytes.AsSpan((int)offset * Digest.SizeBytes, Digest.SizeBytes)) : null;
    }

    private async Task CompareAsync(IReadOnlyList<Tile> tiles, long size, CancellationToken cancellationToken)
    {
        // A tile that grows on is compared when it has its last width.
        var final = tiles.Where(tile => tile.Path.Width == TilePath.WidthAt(tile.Path.Level, tile.Path.Index, size)).ToList();
        var faults = new string?[final.Count];
        await ForEachAsync(Enumerable.Range(0, final.Count), async (index, ended) =>
        {
            var stored = await source.ReadTileAsync(final[index].Path, ended);
            faults[index] = stored is null ? $"tile/{final[index].Path}: is missing"
                : !stored.AsSpan().SequenceEqual(final[index].Bytes.Span) ? $"tile/{final[index].Path}: is not what the entries give"
                : null;
        }, cancellationToken);
        _faults.AddRange(faults.OfType<string>());
    }

    private void Keep(IReadOnlyList<Tile> tiles, long size)
    {
        foreach (var tile in tiles)
        {
            _edge[(tile.Path.Level, tile.Path.Index)] = tile.Bytes;
        }

        foreach (var (level, index) in _edge.Keys.Where(tile => !IsAtEdge(tile.Level, tile.Index, size)).ToList())
        {
            _edge.Remove((level, index));
        }
    }

    private static bool IsAtEdge(int level, long index, long size) => index >= ((size >> (level * TilePath.TileHeight)) - 1) / TilePath.FullWidth;

    private void CheckHead(LogHead head, NoteKey? expected, Digest root)
    {
        var key = expected ?? head.Key;
        if (head.Key != key)
        {
            _faults.Add($"key: the log's is {head.Key}, not {key}");
        }

        if (head.Root is { } stored && stored != root)
        {
            _faults.Add($"root: {stored} is stored, the entries give {root}");
        }

        if (SignedNote.TryParse(head.Note.Span) is not { } note || Checkpoint.TryParse(note.Text) is not { } checkpoint)
        {
            _faults.Add("checkpoint: cannot be read");
            return;
        }

        if (!key.Verifies(note) || checkpoint.Origin != key.Name)
        {
            _faults.Add($"checkpoint: is not signed by {key}");
        }

        if (checkpoint.Size != head.Size)
        {
            _faults.Add($"checkpoint: is of {checkpoint.Size} entries, the log has {head.Size}");
        }
        else if (checkpoint.Root != root)
        {
            _faults.Add($"checkpoint: says the root {checkpoint.Root}, the entries give {root}");
        }
    }

    private async Task ForEachAsync(IEnumerable<int> items, Func<int, CancellationToken, Task> run, CancellationToken cancellationToken)
    {
        var options = new ParallelOptions { MaxDegreeOfParallelism = source.Concurrency, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(items, options, async (item, ended) => await run(item, ended));
    }
}

/// <summary>What <c>log fsck --json</c> prints.</summary>
/// <param name="Sound">Whether nothing is wrong.</param>
/// <param name="Origin">The log.</param>
/// <param name="Size">Number of entries read.</param>
/// <param name="Root">The root that they give.</param>
/// <param name="Pending">Entries that the log has not integrated yet; not a fault.</param>
/// <param name="Faults">What is wrong, a sentence each.</param>
internal sealed record FsckReport(bool Sound, string Origin, long Size, string Root, long Pending, IReadOnlyList<string> Faults);
