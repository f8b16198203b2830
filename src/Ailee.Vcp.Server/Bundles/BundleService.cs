using Ailee.Vcp.Client.Bundles;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Bundles;
using Ailee.Vcp.Server.Http;
using Ailee.Vcp.Server.Storage;
using Microsoft.Extensions.Options;

namespace Ailee.Vcp.Server.Bundles;

/// <summary>Takes, describes and deletes bundles. What it stores has been read whole and held to the rules and limits.</summary>
internal sealed class BundleService(IDatabase database, BundleWriter writer, BundleSpool spool, IOptions<BundleOptions> options, TimeProvider time) : IDisposable
{
    /// <summary>How long an upload that has arrived waits for its place.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);

    // Bodies that arrive at once, for each place: what they may take of the disk has an end.
    private const int ArrivingPerPlace = 16;

    private static readonly Problem Busy =
        Problems.BundleBusy.Because("Other uploads have every place.") with { RetryAfterSeconds = (int)LongestWait.TotalSeconds };

    private readonly SemaphoreSlim _arriving = new(options.Value.MaxConcurrentUploads * ArrivingPerPlace);
    private readonly SemaphoreSlim _places = new(options.Value.MaxConcurrentUploads);

    /// <summary>Stores a bundle. The same tree again is the same bundle.</summary>
    /// <param name="body">A tar, plain or as gzip. It is taken to its end before it costs memory or a place.</param>
    /// <param name="cancellationToken">Ends the reading, and the wait for other uploads.</param>
    public async Task<(BundleView? Bundle, Problem? Problem)> UploadAsync(Stream body, CancellationToken cancellationToken)
    {
        if (!await _arriving.WaitAsync(TimeSpan.Zero, cancellationToken))
        {
            return (null, Busy);
        }

        try
        {
            await using var tar = await spool.TakeAsync(body, cancellationToken);
            return await StoreAsync(tar, cancellationToken);
        }
        finally
        {
            _arriving.Release();
        }
    }

    /// <summary>Stores a bundle whose tar is at hand.</summary>
    public async Task<(BundleView? Bundle, Problem? Problem)> StoreAsync(Stream tar, CancellationToken cancellationToken)
    {
        if (!await TryTakePlaceAsync(cancellationToken))
        {
            return (null, Busy);
        }

        try
        {
            var bundle = await BundleTarReader.ReadAsync(tar, options.Value.Limits, cancellationToken);
            return (await writer.StoreAsync(bundle, cancellationToken), null);
        }
        catch (BundleException exception)
        {
            return (null, Problems.All.Single(kind => kind.Code == exception.Code).Because(exception.Message));
        }
        finally
        {
            _places.Release();
        }
    }

    public BundleView? Find(Digest digest) => database.Read(transaction => BundleStore.Find(transaction, digest));

    public List<BundleView> List(ListQuery query) => database.Read(transaction => BundleStore.List(transaction, query));

    /// <summary>A bundle with its paths behind one of them, or from the first; null if there is no such bundle.</summary>
    public BundleListing? Describe(Digest digest, int limit, string? after)
    {
        var (bundle, manifest) = database.Read(transaction => (BundleStore.Find(transaction, digest), BundleStore.FindManifest(transaction, digest)));
        if (bundle is null)
        {
            return null;
        }

        var entries = BundleManifest.TryReadEntries(manifest, after, limit + 1, out var fault) ?? throw new InvalidDataException($"A stored manifest does not decode: {fault!.Detail}");
        var items = entries.Select(Item).ToList();
        var shown = items.Take(limit).ToList();
        return new BundleListing(bundle.Digest, bundle.Files, bundle.Entries, bundle.SizeBytes, bundle.CreatedAt, shown, items.Count > limit ? shown[^1].Path : null);
    }

    /// <summary>The canonical tar, read from the database as it is asked for; null if there is no such bundle.</summary>
    public ChunkStream? Open(Digest digest) =>
        database.Read(transaction => BundleStore.FindTarBytes(transaction, digest)) is { } length
            ? new ChunkStream(number => database.Read(transaction => BundleStore.FindChunk(transaction, digest, number)), length)
            : null;

    /// <summary>Deletes a bundle that no undecided task needs. Statements about it stay.</summary>
    public Task<Problem?> DeleteAsync(Digest digest) => writer.RemoveAsync(digest, transaction =>
        BundleStore.Find(transaction, digest) is null ? Problems.BundleNotFound.Because($"There is no bundle {digest}.")
        : BundleStore.IsNeeded(transaction, digest) ? Problems.BundleInUse.Because("Wait for its tasks, or cancel them.")
        : null);

    public void Dispose()
    {
        _arriving.Dispose();
        _places.Dispose();
    }

    private async Task<bool> TryTakePlaceAsync(CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(LongestWait, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            await _places.WaitAsync(either.Token);
            return true;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    private static BundleItem Item(ManifestEntry entry) => new(entry.Path, entry.Kind.ToString().ToLowerInvariant(), entry.Content?.Length, entry.Target);
}
