using System.Collections.Concurrent;
using Ailee.Vcp.Client.Modules;
using Ailee.Vcp.Core;
using Ailee.Vcp.Sandbox;
using Ailee.Vcp.Sandbox.Modules;
using Ailee.Vcp.Server.Auth;
using Ailee.Vcp.Server.Http;
using Ailee.Vcp.Server.Overload;
using Ailee.Vcp.Server.Storage;
using Ailee.Vcp.Server.Tasks;
using Microsoft.Extensions.Options;

namespace Ailee.Vcp.Server.Modules;

/// <summary>Takes, describes and deletes modules. What it stores has been validated, compiled and found to import only what is offered.</summary>
internal sealed class ModuleService(
    IDatabase database,
    WasmSandbox sandbox,
    CompilePlaces places,
    CompileRefusals refusals,
    Quotas quotas,
    IOptions<SandboxOptions> options,
    TimeProvider time)
{
    // Text is for examples and by hand; converting it takes many times its size in memory.
    private const int MaxTextBytes = 1024 * 1024;
    private const int MostKept = 256;

    // By what they are made of, which never changes for a digest; whose they are is asked each time.
    private readonly ConcurrentDictionary<Digest, ModuleView> _kept = new();

    /// <summary>Stores a module. The same bytes again are the same module.</summary>
    /// <param name="caller">Whose it becomes. Nothing, not even the time that it takes, tells it whether others have it.</param>
    /// <param name="body">The binary, or UTF-8 text.</param>
    /// <param name="isText">Whether it is text.</param>
    /// <param name="cancellationToken">Ends the wait for the compiler, and its work if nobody else waits for it.</param>
    public async Task<(ModuleView? Module, Problem? Problem)> UploadAsync(Caller caller, ReadOnlyMemory<byte> body, bool isText, CancellationToken cancellationToken)
    {
        if (isText && body.Length > MaxTextBytes)
        {
            return (null, Problems.BodyTooLarge.Because($"A module as text may have {MaxTextBytes} bytes; send the binary."));
        }

        var sent = Digest.Of(body.Span);
        if (!isText && database.Read(transaction => ModuleOwners.Find(transaction, caller.Tenant, sent)) is { } known)
        {
            return (known, null);
        }

        if (refusals.Find(caller.Tenant, sent) is { } refusal)
        {
            return (null, Problems.ModuleCompileLimit.Because(refusal));
        }

        // Whoever waits holds what was sent.
        var share = WorkPlaces.ShareOf(caller);
        if (places.TryTake(share) is { } busy)
        {
            return (null, busy);
        }

        try
        {
            using var turn = await places.TakeTurnAsync(share, cancellationToken);
            return await CompileAsync(caller, body, isText, cancellationToken);
        }
        catch (ModuleException exception)
        {
            if (exception.Code == ModuleException.CompileLimit)
            {
                refusals.Add(caller.Tenant, sent, exception.Message);
            }

            var kind = Problems.All.Single(kind => kind.Code == exception.Code);
            return (null, kind.Because(exception.Message));
        }
        finally
        {
            places.GiveBack(share);
        }
    }

    /// <summary>A module that the caller may see, or null.</summary>
    public ModuleView? Find(Caller caller, Digest digest) => database.Read(transaction => Find(transaction, caller, digest));

    /// <summary>A module that the caller may run, or null. What it is made of is kept in memory; look with <see cref="Exists"/> again before something depends on it.</summary>
    public async Task<ModuleView?> FindKeptAsync(Caller caller, Digest digest)
    {
        if (!_kept.TryGetValue(digest, out var module))
        {
            return Find(caller, digest) is { } found ? Keep(digest, found) : null;
        }

        return await database.ReadSharedAsync(transaction => Exists(transaction, caller, digest)) ? module : null;
    }

    /// <summary>Whether there is a module that the caller may see.</summary>
    public static bool Exists(IReadTransaction transaction, Caller caller, Digest digest) => caller.OnlyTenant is { } tenant
        ? ModuleOwners.Has(transaction, tenant, digest)
        : ModuleStore.Exists(transaction, digest);

    /// <summary>A module that the caller may see, or null.</summary>
    public static ModuleView? Find(IReadTransaction transaction, Caller caller, Digest digest) => caller.OnlyTenant is { } tenant
        ? ModuleOwners.Find(transaction, tenant, digest)
        : ModuleStore.Find(transaction, digest);

    /// <summary>The binary, read from the database as it is asked for; null if there is no such module.</summary>
    public ChunkStream? Open(Digest digest) => database.Read(transaction => ModuleStore.Find(transaction, digest)) is { } module
        ? new ChunkStream(number => database.Read(transaction => ModuleStore.ReadContent(transaction, digest, number * ChunkStream.ChunkBytes, ChunkStream.ChunkBytes)), module.SizeBytes)
        : null;

    public List<ModuleView> List(Caller caller, ListQuery query) => database.Read(transaction => caller.OnlyTenant is { } tenant
        ? ModuleOwners.List(transaction, tenant, query)
        : ModuleStore.List(transaction, query));

    /// <summary>Deletes a module that no undecided task of the caller needs; an administrator's call deletes it for all tenants. Statements about it stay.</summary>
    public async Task<Problem?> DeleteAsync(Actor actor, Digest digest)
    {
        var caller = actor.Caller;
        var (problem, gone) = await database.WriteAsync(transaction =>
        {
            if (Find(transaction, caller, digest) is null)
            {
                return (Problems.ModuleNotFound.Because($"There is no module {digest}."), false);
            }

            if (TaskStore.Needs(transaction, "module", digest, caller.IsAdmin ? null : caller.Tenant))
            {
                return (Problems.ModuleInUse.Because("Wait for its tasks, or cancel them."), false);
            }

            // The last tenant's too stays while a task of another needs it, and is an administrator's to delete.
            var last = caller.IsAdmin || (ModuleOwners.Remove(transaction, caller.Tenant, digest) && !TaskStore.Needs(transaction, "module", digest, tenant: null));
            if (last)
            {
                ModuleStore.Delete(transaction, digest);
            }

            if (caller.IsAdmin)
            {
                actor.Record(transaction, AuditKinds.ModuleDeleted, digest.ToString(), null, time.GetUtcNow());
            }

            return ((Problem?)null, last);
        });
        if (gone)
        {
            _kept.TryRemove(digest, out _);
            sandbox.Forget(digest);
        }

        return problem;
    }

    private ModuleView Keep(Digest digest, ModuleView module)
    {
        if (_kept.Count >= MostKept)
        {
            _kept.Clear();
        }

        _kept[digest] = module;
        return module;
    }

    private async Task<(ModuleView? Module, Problem? Problem)> CompileAsync(Caller caller, ReadOnlyMemory<byte> body, bool isText, CancellationToken cancellationToken)
    {
        var binary = isText ? await sandbox.ConvertTextAsync(body, cancellationToken) : body;
        if (binary.Length > options.Value.ModuleBytes)
        {
            return (null, Problems.BodyTooLarge.Because($"A module may have {options.Value.ModuleBytes} bytes."));
        }

        var digest = Digest.Of(binary.Span);
        if (isText && database.Read(transaction => ModuleOwners.Find(transaction, caller.Tenant, digest)) is { } known)
        {
            return (known, null);
        }

        if (refusals.Find(caller.Tenant, digest) is { } refusal)
        {
            throw new ModuleException(ModuleException.CompileLimit, refusal);
        }

        if (quotas.TryReserve(caller, binary.Length, out var reservation) is { } full)
        {
            return (null, full);
        }

        using var reserved = reservation;
        using var lease = await PrepareAsync(caller.Tenant, digest, binary, cancellationToken);
        var module = Describe(digest, binary.Length, lease.Description);
        // As stored: another upload may have been first, and times are stored in milliseconds.
        var stored = await database.WriteAsync(transaction =>
        {
            ModuleStore.Add(transaction, module, binary);
            ModuleOwners.Add(transaction, caller.Tenant, digest, time.GetUtcNow());
            return ModuleOwners.Find(transaction, caller.Tenant, digest);
        });
        return (stored, null);
    }

    private async Task<ModuleLease> PrepareAsync(string tenant, Digest digest, ReadOnlyMemory<byte> binary, CancellationToken cancellationToken)
    {
        try
        {
            if (database.Read(transaction => ModuleStore.Find(transaction, digest)) is not null)
            {
                // Another tenant's: it is in the cache, and the time that it takes must not say so.
                await sandbox.CompileOnceMoreAsync(binary, cancellationToken);
            }

            return await sandbox.PrepareAsync(digest, _ => Task.FromResult(binary), cancellationToken);
        }
        catch (ModuleException exception) when (exception.Code == ModuleException.CompileLimit)
        {
            // The text that it came from is refused by its own digest.
            refusals.Add(tenant, digest, exception.Message);
            throw;
        }
    }

    private ModuleView Describe(Digest digest, long sizeBytes, ModuleDescription description) => new(
        digest.ToString(),
        sizeBytes,
        description.Kind,
        [.. description.Imports.Select(import => new ImportView(import.Module, import.Name, import.Kind, import.Signature?.Parameters, import.Signature?.Results, import.Type))],
        [.. description.Exports.Select(export => new ExportView(export.Name, export.Kind, export.Signature?.Parameters, export.Signature?.Results, export.Type))],
        description.MinimumMemoryPages,
        time.GetUtcNow())
    {
        Memories = [.. description.Memories.Select(memory => new MemoryView(memory.MinimumPages, memory.MaximumPages))],
        Tables = [.. description.Tables.Select(table => new TableView(table.ElementType, table.Minimum, table.Maximum))],
        CustomSections = [.. description.CustomSections.Select(section => new CustomSectionView(section.Name, section.SizeBytes))],
        FunctionCount = description.FunctionCount,
        HasStart = description.HasStart,
    };
}
