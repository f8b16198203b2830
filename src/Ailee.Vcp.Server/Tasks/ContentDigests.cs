using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Bundles;
using Ailee.Vcp.Node;
using Ailee.Vcp.Server.Bundles;
using Ailee.Vcp.Server.Modules;
using Ailee.Vcp.Server.Storage;

namespace Ailee.Vcp.Server.Tasks;

/// <summary>
/// What modules and bundles are called in statements under the hash of a task. Under SHA-256 that is their names; under another it
/// is computed when the first task needs it, one at a time because a whole bundle is in memory for it, and kept.
/// </summary>
internal sealed class ContentDigests(IDatabase database, BundleService bundles, BundleCache cache) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1);

    /// <summary>The draft with those digests; null if the module or the bundle was deleted meanwhile.</summary>
    public async Task<TaskDraft?> CompleteAsync(TaskDraft draft, CancellationToken cancellationToken)
    {
        if (draft.Hash == ContentHash.Sha256)
        {
            return draft;
        }

        if (await OfModuleAsync(draft.Module, cancellationToken) is not { } module)
        {
            return null;
        }

        if (draft.Bundle is not { } named)
        {
            return draft with { ModuleDigest = module };
        }

        return await OfBundleAsync(named, cancellationToken) is { } bundle
            ? draft with { ModuleDigest = module, Invocation = draft.Invocation with { Bundle = bundle } }
            : null;
    }

    public void Dispose() => _turn.Dispose();

    private async Task<Digest?> OfModuleAsync(Digest module, CancellationToken cancellationToken)
    {
        if (database.Read(transaction => ModuleStore.FindSha3(transaction, module)) is { } known)
        {
            return known;
        }

        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (database.Read(transaction => ModuleStore.FindContent(transaction, module)) is not { } content)
            {
                return null;
            }

            var digest = ContentHash.Sha3.Of(content);
            await database.WriteAsync(transaction => ModuleStore.KeepSha3(transaction, module, digest));
            return digest;
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task<Digest?> OfBundleAsync(Digest bundle, CancellationToken cancellationToken)
    {
        if (database.Read(transaction => BundleStore.FindSha3(transaction, bundle)) is { } known)
        {
            return known;
        }

        await _turn.WaitAsync(cancellationToken);
        try
        {
            // Whoever waited for the same bundle finds it here.
            if (database.Read(transaction => BundleStore.FindSha3(transaction, bundle)) is { } computed)
            {
                return computed;
            }

            var tree = await cache.GetAsync(bundle, _ => OpenAsync(bundle), cancellationToken);
            var digest = tree.DigestUnder(ContentHash.Sha3);
            await database.WriteAsync(transaction => BundleStore.KeepSha3(transaction, bundle, digest));
            return digest;
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException or BundleException
            && database.Read(transaction => BundleStore.Find(transaction, bundle)) is null)
        {
            // Deleted while it was read.
            return null;
        }
        finally
        {
            _turn.Release();
        }
    }

    private Task<Stream> OpenAsync(Digest bundle) =>
        Task.FromResult<Stream>(bundles.Open(bundle) ?? throw new InvalidDataException("It was deleted meanwhile."));
}
