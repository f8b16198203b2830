using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Bundles;

namespace Ailee.Vcp.Node;

/// <summary>What the cache of bundles did, and what it holds.</summary>
public sealed record BundleCacheStatistics(long Hits, long Loads, int Entries, long Bytes);

/// <summary>
/// Bundles in memory by digest, least recently used out first, bounded in bytes: one is read once, not for each task. Concurrent
/// requests for one bundle load it once. Thread-safe.
/// </summary>
/// <param name="capacityBytes">Bytes of all bundles that are kept; one that is larger serves those who wait for it and is not kept.</param>
public sealed class BundleCache(long capacityBytes)
{
    // What a path costs beside its content.
    private const long EntryBytes = 256;

    private readonly object _gate = new();
    private readonly Dictionary<Digest, LinkedListNode<Bundle>> _entries = [];
    private readonly LinkedList<Bundle> _byUse = new();
    private readonly Dictionary<Digest, Task<Bundle>> _loading = [];
    private long _bytes;
    private long _hits;
    private long _loads;

    /// <summary>The bundle of that digest.</summary>
    /// <param name="digest">Its name.</param>
    /// <param name="tar">Gives its tar; asked only if it must be loaded.</param>
    /// <param name="cancellationToken">Ends the wait, not the loading: others may wait for it too.</param>
    /// <exception cref="InvalidDataException">The tar is of another bundle.</exception>
    /// <exception cref="BundleException">The tar is none.</exception>
    public Task<Bundle> GetAsync(Digest digest, Func<CancellationToken, Task<Stream>> tar, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_entries.TryGetValue(digest, out var node))
            {
                _hits++;
                _byUse.Remove(node);
                _byUse.AddFirst(node);
                return Task.FromResult(node.Value);
            }

            if (!_loading.TryGetValue(digest, out var loading))
            {
                _loads++;
                loading = Task.Run(() => LoadAsync(digest, tar), CancellationToken.None);
                _loading.Add(digest, loading);
            }

            return loading.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Numbers for metrics.</summary>
    public BundleCacheStatistics Statistics()
    {
        lock (_gate)
        {
            return new BundleCacheStatistics(_hits, _loads, _entries.Count, _bytes);
        }
    }

    private async Task<Bundle> LoadAsync(Digest digest, Func<CancellationToken, Task<Stream>> tar)
    {
        Bundle? bundle = null;
        try
        {
            await using var stream = await tar(CancellationToken.None);
            // Whoever took the upload held it to its limits; the digest says that it is the same.
            var loaded = await BundleTarReader.ReadAsync(stream, BundleLimits.Widest, CancellationToken.None);
            return loaded.Digest == digest ? bundle = loaded : throw new InvalidDataException($"The bundle that came is {loaded.Digest}, not {digest}.");
        }
        finally
        {
            lock (_gate)
            {
                _loading.Remove(digest);
                if (bundle is not null)
                {
                    Keep(bundle);
                }
            }
        }
    }

    private void Keep(Bundle bundle)
    {
        _entries.Add(bundle.Digest, _byUse.AddFirst(bundle));
        _bytes += Cost(bundle);
        while (_bytes > capacityBytes)
        {
            var oldest = _byUse.Last!.Value;
            _byUse.RemoveLast();
            _entries.Remove(oldest.Digest);
            _bytes -= Cost(oldest);
        }
    }

    private static long Cost(Bundle bundle) => bundle.SizeBytes + bundle.Manifest.Length + (sizeof(char) * bundle.PathBytes) + (EntryBytes * bundle.Entries.Count);
}
