using Ailee.Vcp.Client.Bundles;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Bundles;
using Ailee.Vcp.Server.Http;
using Ailee.Vcp.Server.Storage;
using Microsoft.Extensions.Options;

namespace Ailee.Vcp.Server.Bundles;

/// <summary>Takes, describes and deletes bundles. What it stores has been read whole and held to the rules and limits.</summary>
internal sealed class BundleService(IDatabase database, IOptions<BundleOptions> options, TimeProvider time) : IDisposable
{
    private readonly SemaphoreSlim _uploads = new(options.Value.MaxConcurrentUploads);

    /// <summary>Stores a bundle. The same tree again is the same bundle.</summary>
    /// <param name="tar">A tar, plain or as gzip; read as it comes.</param>
    /// <param name="cancellationToken">Ends the reading, and the wait for other uploads.</param>
    public async Task<(BundleView? Bundle, Problem? Problem)> UploadAsync(Stream tar, CancellationToken cancellationToken)
    {
        await _uploads.WaitAsync(cancellationToken);
        try
        {
            var bundle = await BundleTarReader.ReadAsync(tar, options.Value.Limits, cancellationToken);
            // As stored: another upload may have been first, and times are stored in milliseconds.
            return (await database.WriteAsync(transaction =>
            {
                BundleStore.Add(transaction, bundle, time.GetUtcNow());
                return BundleStore.Find(transaction, bundle.Digest);
            }), null);
        }
        catch (BundleException exception)
        {
            return (null, Problems.All.Single(kind => kind.Code == exception.Code).Because(exception.Message));
        }
        finally
        {
            _uploads.Release();
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

        var entries = BundleManifest.TryDecode(manifest, out var fault)?.Entries ?? throw new InvalidDataException($"A stored manifest does not decode: {fault!.Detail}");
        var rest = after is null ? entries : entries.SkipWhile(entry => Utf8Order.Instance.Compare(entry.Path, after) <= 0);
        var items = rest.Take(limit + 1).Select(Item).ToList();
        var shown = items.Take(limit).ToList();
        return new BundleListing(bundle.Digest, bundle.Files, bundle.Entries, bundle.SizeBytes, bundle.CreatedAt, shown, items.Count > limit ? shown[^1].Path : null);
    }

    /// <summary>The canonical tar, read from the database as it is asked for; null if there is no such bundle.</summary>
    public ChunkStream? Open(Digest digest) =>
        database.Read(transaction => BundleStore.FindTarBytes(transaction, digest)) is { } length
            ? new ChunkStream(number => database.Read(transaction => BundleStore.FindChunk(transaction, digest, number)), length)
            : null;

    /// <summary>Deletes a bundle that no undecided task needs. Statements about it stay.</summary>
    public Task<Problem?> DeleteAsync(Digest digest) => database.WriteAsync(transaction =>
    {
        if (BundleStore.Find(transaction, digest) is null)
        {
            return Problems.BundleNotFound.Because($"There is no bundle {digest}.");
        }

        if (BundleStore.IsNeeded(transaction, digest))
        {
            return Problems.BundleInUse.Because("Wait for its tasks, or cancel them.");
        }

        BundleStore.Delete(transaction, digest);
        return null;
    });

    public void Dispose() => _uploads.Dispose();

    private static BundleItem Item(ManifestEntry entry) => new(entry.Path, entry.Kind.ToString().ToLowerInvariant(), entry.Content?.Length, entry.Target);
}
