using Ailee.Vcp.Client.Bundles;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Bundles;
using Ailee.Vcp.Server.Storage;

namespace Ailee.Vcp.Server.Bundles;

/// <summary>
/// Stores and removes bundles in transactions so short that other changes go on in between. One bundle at a time: so whatever is
/// partial when a turn begins was left behind, by a failure or by the end of the process.
/// </summary>
internal sealed class BundleWriter(IDatabase database, TimeProvider time) : IDisposable
{
    // 4 MiB: what SQLite's log holds before it is written back.
    private const int ChunksPerTransaction = 4;

    private readonly SemaphoreSlim _turn = new(1);

    /// <summary>Stores a bundle for a tenant. It is there once its last chunk is; one that is there already stays as it is.</summary>
    public async Task<BundleView> StoreAsync(string tenant, Bundle bundle, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (database.Read(transaction => BundleStore.Find(transaction, bundle.Digest)) is not null)
            {
                return await database.WriteAsync(transaction => Give(transaction, tenant, bundle.Digest));
            }

            await RemovePartialAsync();
            return await StoreByPartsAsync(tenant, bundle, cancellationToken);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Does what <paramref name="decide"/> does, and removes the bundle if it says that nobody has it any more. It is gone at once.</summary>
    public async Task<T?> RemoveAsync<T>(Digest digest, Func<IWriteTransaction, (T? Refusal, bool Gone)> decide)
        where T : class
    {
        await _turn.WaitAsync();
        try
        {
            var (refusal, gone) = await database.WriteAsync(transaction =>
            {
                var decided = decide(transaction);
                if (decided.Gone)
                {
                    BundleStore.MarkPartial(transaction, digest);
                }

                return decided;
            });
            if (gone)
            {
                await TryRemovePartialAsync();
            }

            return refusal;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Removes what an interrupted upload or removal left behind.</summary>
    public async Task RemoveLeftoversAsync()
    {
        await _turn.WaitAsync();
        try
        {
            await TryRemovePartialAsync();
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private async Task<BundleView> StoreByPartsAsync(string tenant, Bundle bundle, CancellationToken cancellationToken)
    {
        try
        {
            await database.WriteAsync(transaction => BundleStore.Begin(transaction, bundle, time.GetUtcNow()));
            var number = 0L;
            foreach (var chunks in BundleTarWriter.Chunks(bundle, ChunkStream.ChunkBytes).Chunk(ChunksPerTransaction))
            {
                cancellationToken.ThrowIfCancellationRequested();
                var first = number;
                await database.WriteAsync(transaction => BundleStore.AddChunks(transaction, bundle.Digest, first, chunks));
                number += chunks.Length;
            }

            return await database.WriteAsync(transaction =>
            {
                BundleStore.Complete(transaction, bundle.Digest);
                return Give(transaction, tenant, bundle.Digest);
            });
        }
        catch
        {
            await TryRemovePartialAsync();
            throw;
        }
    }

    private BundleView Give(IWriteTransaction transaction, string tenant, Digest digest)
    {
        BundleOwners.Add(transaction, tenant, digest, time.GetUtcNow());
        return BundleOwners.Find(transaction, tenant, digest)!;
    }

    private async Task TryRemovePartialAsync()
    {
        try
        {
            await RemovePartialAsync();
        }
        catch (StorageException)
        {
            // Nobody sees what is left. The next upload or start tries again.
        }
    }

    private async Task RemovePartialAsync()
    {
        foreach (var digest in database.Read(BundleStore.Partial))
        {
            while (await database.WriteAsync(transaction => BundleStore.RemoveSome(transaction, digest, ChunksPerTransaction)))
            {
            }
        }
    }
}
