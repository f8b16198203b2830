using Ailee.Vcp.Client.Bundles;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Bundles;
using Ailee.Vcp.Server.Auth;
using Ailee.Vcp.Server.Http;
using Ailee.Vcp.Server.Overload;
using Ailee.Vcp.Server.Storage;
using Ailee.Vcp.Server.Tasks;
using Microsoft.Extensions.Options;

namespace Ailee.Vcp.Server.Bundles;

/// <summary>Takes, describes and deletes bundles. What it stores has been read whole and held to the rules and limits.</summary>
internal sealed class BundleService(IDatabase database, BundleWriter writer, BundleSpool spool, Quotas quotas, IOptions<BundleOptions> options, TimeProvider time) : IDisposable
{
    /// <summary>How long an upload that has arrived waits for its place.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);

    // Bodies that arrive at once, for each place: what they may take of the disk has an end.
    private const int ArrivingPerPlace = 16;

    private static readonly Problem Busy =
        Problems.BundleBusy.Because("Other uploads have every place.") with { RetryAfterSeconds = (int)LongestWait.TotalSeconds };

    private readonly WorkPlaces _arriving = new(options.Value.MaxConcurrentUploads * ArrivingPerPlace, Problems.BundleBusy, time);
    private readonly CallerTurns _turns = new(Math.Max(1, options.Value.MaxConcurrentUploads / 2));
    private readonly SemaphoreSlim _places = new(options.Value.MaxConcurrentUploads);

    /// <summary>Stores a bundle. The same tree again is the same bundle.</summary>
    /// <param name="caller">Whose it becomes.</param>
    /// <param name="body">A tar, plain or as gzip. It is taken to its end before it costs memory or a place.</param>
    /// <param name="length">Bytes of it; null if they are not told.</param>
    /// <param name="cancellationToken">Ends the reading, and the wait for other uploads.</param>
    public async Task<(BundleView? Bundle, Problem? Problem)> UploadAsync(Caller caller, Stream body, long? length, CancellationToken cancellationToken)
    {
        var share = WorkPlaces.ShareOf(caller);
        if (_arriving.TryTake(share) is { } busy)
        {
            return (null, busy);
        }

        try
        {
            var (tar, late) = await BodyDeadline.ReadAsync(token => spool.TakeAsync(body, token), Math.Min(length ?? long.MaxValue, options.Value.BodyBytes), time, cancellationToken);
            if (late is not null)
            {
                return (null, late);
            }

            await using (tar)
            {
                return await StoreAsync(caller, tar!, cancellationToken);
            }
        }
        finally
        {
            _arriving.GiveBack(share);
        }
    }

    /// <summary>Stores a bundle whose tar is at hand.</summary>
    public async Task<(BundleView? Bundle, Problem? Problem)> StoreAsync(Caller caller, Stream tar, CancellationToken cancellationToken)
    {
        var (taken, turn) = await TryTakePlaceAsync(WorkPlaces.ShareOf(caller), cancellationToken);
        if (!taken)
        {
            return (null, Busy);
        }

        try
        {
            var bundle = await BundleTarReader.ReadAsync(tar, options.Value.Limits, cancellationToken);
            if (quotas.TryReserve(caller, BundleStore.TarBytes(bundle), out var reservation) is { } full)
            {
                return (null, full);
            }

            using var reserved = reservation;
            return (await writer.StoreAsync(caller.Tenant, bundle, cancellationToken), null);
        }
        catch (BundleException exception)
        {
            return (null, Problems.All.Single(kind => kind.Code == exception.Code).Because(exception.Message));
        }
        finally
        {
            _places.Release();
            turn?.Dispose();
        }
    }

    /// <summary>A bundle that the caller may see, or null.</summary>
    public static BundleView? Find(IReadTransaction transaction, Caller caller, Digest digest) => caller.OnlyTenant is { } tenant
        ? BundleOwners.Find(transaction, tenant, digest)
        : BundleStore.Find(transaction, digest);

    public List<BundleView> List(Caller caller, ListQuery query) => database.Read(transaction => caller.OnlyTenant is { } tenant
        ? BundleOwners.List(transaction, tenant, query)
        : BundleStore.List(transaction, query));

    /// <summary>A bundle with its paths behind one of them, or from the first; null if there is no such bundle.</summary>
    public BundleListing? Describe(Caller caller, Digest digest, int limit, string? after)
    {
        var (bundle, manifest) = database.Read(transaction => (Find(transaction, caller, digest), BundleStore.FindManifest(transaction, digest)));
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

    /// <summary>Deletes a bundle that no undecided task of the caller needs; an administrator's call deletes it for all tenants. Statements about it stay.</summary>
    public Task<Problem?> DeleteAsync(Actor actor, Digest digest) => writer.RemoveAsync(digest, transaction =>
    {
        var caller = actor.Caller;
        if (Find(transaction, caller, digest) is null)
        {
            return (Problems.BundleNotFound.Because($"There is no bundle {digest}."), false);
        }

        if (TaskStore.Needs(transaction, "bundle", digest, caller.IsAdmin ? null : caller.Tenant))
        {
            return (Problems.BundleInUse.Because("Wait for its tasks, or cancel them."), false);
        }

        if (caller.IsAdmin)
        {
            actor.Record(transaction, AuditKinds.BundleDeleted, digest.ToString(), null, time.GetUtcNow());
        }

        // The last tenant's too stays while a task of another needs it, and is an administrator's to delete.
        return ((Problem?)null, caller.IsAdmin || (BundleOwners.Remove(transaction, caller.Tenant, digest) && !TaskStore.Needs(transaction, "bundle", digest, tenant: null)));
    });

    public void Dispose() => _places.Dispose();

    private async Task<(bool Taken, IDisposable? Turn)> TryTakePlaceAsync(string? share, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(LongestWait, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        IDisposable? turn = null;
        try
        {
            turn = await _turns.TakeAsync(share, either.Token);
            await _places.WaitAsync(either.Token);
            return (true, turn);
        }
        catch (OperationCanceledException)
        {
            turn?.Dispose();
            cancellationToken.ThrowIfCancellationRequested();
            return (false, null);
        }
    }

    private static BundleItem Item(ManifestEntry entry) => new(entry.Path, entry.Kind.ToString().ToLowerInvariant(), entry.Content?.Length, entry.Target);
}
