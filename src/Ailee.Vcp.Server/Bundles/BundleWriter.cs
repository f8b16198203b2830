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

    /// <summary>Stores a bundle. It is there once its last chunk is; one that is there already stays as it is.</summary>
    public async Task<BundleView> StoreAsync(Bundle bundle, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (database.Read(transaction => BundleStore.Find(transaction, bundle.Digest)) is { } stored)
            {
                return stored;
            }

            await RemovePartialAsync();
            return await StoreByPartsAsync(bundle, cancellationToken);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Removes a bundle if <paramref name="refuse"/> finds nothing against it; what it finds otherwise. It is gone at once.</summary>
    public async Task<T?> RemoveAsync<T>(Digest digest, Func<IReadTransaction, T?> refuse)
        where T : class
    {
        await _turn.WaitAsync();
        try
        {
            var refusal = await database.WriteAsync(transaction =>
            {
                var found = refuse(transaction);
                if (found is null)
                {
                    BundleStore.MarkPartial(transaction, digest);
                }

                return found;
            });
            if (refusal is null)
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

    private async Task<BundleView> StoreByPartsAsync(Bundle bundle, CancellationToken cancellationToken)
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

            return await database.WriteAsync(transaction => BundleStore.Complete(transaction, bundle.Digest));
        }
        catch
        {
            await TryRemovePartialAsync();
            throw;
        }
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
