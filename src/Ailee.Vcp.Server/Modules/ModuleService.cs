using Ailee.Vcp.Client.Modules;
using Ailee.Vcp.Core;
using Ailee.Vcp.Sandbox;
using Ailee.Vcp.Sandbox.Modules;
using Ailee.Vcp.Server.Http;
using Ailee.Vcp.Server.Storage;
using Microsoft.Extensions.Options;

namespace Ailee.Vcp.Server.Modules;

/// <summary>Takes, describes and deletes modules. What it stores has been validated, compiled and found to import only what is offered.</summary>
internal sealed class ModuleService(
    IDatabase database,
    WasmSandbox sandbox,
    CompilePlaces places,
    CompileRefusals refusals,
    IOptions<SandboxOptions> options,
    TimeProvider time)
{
    // Text is for examples and by hand; converting it takes many times its size in memory.
    private const int MaxTextBytes = 1024 * 1024;

    /// <summary>Stores a module. The same bytes again are the same module.</summary>
    /// <param name="body">The binary, or UTF-8 text.</param>
    /// <param name="isText">Whether it is text.</param>
    /// <param name="cancellationToken">Ends the wait for the compiler, and its work if nobody else waits for it.</param>
    public async Task<(ModuleView? Module, Problem? Problem)> UploadAsync(ReadOnlyMemory<byte> body, bool isText, CancellationToken cancellationToken)
    {
        if (isText && body.Length > MaxTextBytes)
        {
            return (null, Problems.BodyTooLarge.Because($"A module as text may have {MaxTextBytes} bytes; send the binary."));
        }

        var sent = Digest.Of(body.Span);
        if (!isText && Find(sent) is { } known)
        {
            return (known, null);
        }

        if (refusals.Find(sent) is { } refusal)
        {
            return (null, Problems.ModuleCompileLimit.Because(refusal));
        }

        // Whoever waits holds what was sent.
        if (!places.TryTake())
        {
            return (null, Problems.CompilerBusy.Because("Try again when some of them are compiled.") with { RetryAfterSeconds = 5 });
        }

        try
        {
            return await CompileAsync(body, isText, cancellationToken);
        }
        catch (ModuleException exception)
        {
            if (exception.Code == ModuleException.CompileLimit)
            {
                refusals.Add(sent, exception.Message);
            }

            var kind = Problems.All.Single(kind => kind.Code == exception.Code);
            return (null, kind.Because(exception.Message));
        }
        finally
        {
            places.GiveBack();
        }
    }

    public ModuleView? Find(Digest digest) => database.Read(transaction => ModuleStore.Find(transaction, digest));

    /// <summary>The binary, read from the database as it is asked for; null if there is no such module.</summary>
    public ChunkStream? Open(Digest digest) => Find(digest) is { } module
        ? new ChunkStream(number => database.Read(transaction => ModuleStore.ReadContent(transaction, digest, number * ChunkStream.ChunkBytes, ChunkStream.ChunkBytes)), module.SizeBytes)
        : null;

    public List<ModuleView> List(ListQuery query) => database.Read(transaction => ModuleStore.List(transaction, query));

    /// <summary>Deletes a module that no undecided task needs. Statements about it stay.</summary>
    public async Task<Problem?> DeleteAsync(Digest digest)
    {
        var problem = await database.WriteAsync(transaction =>
        {
            if (ModuleStore.Find(transaction, digest) is null)
            {
                return Problems.ModuleNotFound.Because($"There is no module {digest}.");
            }

            if (ModuleStore.IsNeeded(transaction, digest))
            {
                return Problems.ModuleInUse.Because("Wait for its tasks, or cancel them.");
            }

            ModuleStore.Delete(transaction, digest);
            return null;
        });
        if (problem is null)
        {
            sandbox.Forget(digest);
        }

        return problem;
    }

    private async Task<(ModuleView? Module, Problem? Problem)> CompileAsync(ReadOnlyMemory<byte> body, bool isText, CancellationToken cancellationToken)
    {
        var binary = isText ? await sandbox.ConvertTextAsync(body, cancellationToken) : body;
        if (binary.Length > options.Value.ModuleBytes)
        {
            return (null, Problems.BodyTooLarge.Because($"A module may have {options.Value.ModuleBytes} bytes."));
        }

        var digest = Digest.Of(binary.Span);
        if (Find(digest) is { } known)
        {
            return (known, null);
        }

        if (refusals.Find(digest) is { } refusal)
        {
            throw new ModuleException(ModuleException.CompileLimit, refusal);
        }

        using var lease = await PrepareAsync(digest, binary, cancellationToken);
        var module = Describe(digest, binary.Length, lease.Description);
        // As stored: another upload may have been first, and times are stored in milliseconds.
        var stored = await database.WriteAsync(transaction =>
        {
            ModuleStore.Add(transaction, module, binary);
            return ModuleStore.Find(transaction, digest);
        });
        return (stored, null);
    }

    private async Task<ModuleLease> PrepareAsync(Digest digest, ReadOnlyMemory<byte> binary, CancellationToken cancellationToken)
    {
        try
        {
            return await sandbox.PrepareAsync(digest, _ => Task.FromResult(binary), cancellationToken);
        }
        catch (ModuleException exception) when (exception.Code == ModuleException.CompileLimit)
        {
            // The text that it came from is refused by its own digest.
            refusals.Add(digest, exception.Message);
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
