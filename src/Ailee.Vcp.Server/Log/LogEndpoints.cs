using System.Text;
using Ailee.Vcp.Client;
using Ailee.Vcp.Client.Log;
using Ailee.Vcp.Core.Merkle;
using Ailee.Vcp.Server.Auth;
using Ailee.Vcp.Server.Http;
using Ailee.Vcp.Server.Storage;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Ailee.Vcp.Server.Log;

/// <summary>The log as anybody reads it: only what the published checkpoint covers (C2SP tlog-tiles).</summary>
internal static class LogEndpoints
{
    private const string PlainText = MediaTypes.Text + "; charset=utf-8";

    public static void MapLog(this RouteGroupBuilder api)
    {
        var log = api.MapGroup("/log").WithTags("Log");
        log.MapGet("/checkpoint", GetCheckpoint)
            .AllowWithoutKey()
            .WithSummary("The newest checkpoint, a signed note (C2SP tlog-checkpoint), with the cosignatures of witnesses")
            .Produces<string>(StatusCodes.Status200OK, MediaTypes.Text);
        log.MapGet("/key", GetKey)
            .AllowWithoutKey()
            .WithSummary("The log's key as a C2SP verifier key")
            .Produces<string>(StatusCodes.Status200OK, MediaTypes.Text);
        log.MapGet("/tile/{**path}", GetTile)
            .AllowWithoutKey()
            .WithSummary("A tile of hashes, <L>/<N>[.p/<W>], or of entries, entries/<N>[.p/<W>] (C2SP tlog-tiles)")
            .Produces<byte[]>(StatusCodes.Status200OK, MediaTypes.Binary);
        log.MapGet("/entries/{index}", GetEntry)
            .AllowWithoutKey()
            .WithSummary("An entry and its inclusion path in the published tree, or in that of ?size= entries");
        log.MapGet("/consistency", GetConsistency)
            .AllowWithoutKey()
            .WithSummary("Shows that the log of 'from' entries is the beginning of the log of 'to' entries");
        log.MapGet("/entries", LogSearch.Find).Needs(Scope.Read).WithSummary("Look for entries, newest first, by any of statement, task, module, input, output, node and kind");
        log.MapPresentedCheckpoints();
        log.MapWitness();
    }

    private static Utf8ContentHttpResult GetCheckpoint(HttpResponse response, PublishedLog published, IDatabase database)
    {
        var tree = published.Tree;
        response.Headers.CacheControl = "no-cache";
        var lines = database.Read(transaction => LogStore.Cosignatures(transaction, tree.Size));
        return TypedResults.Text([.. tree.Note, .. Encoding.UTF8.GetBytes(string.Concat(lines.Select(line => line + "\n")))], PlainText);
    }

    private static ContentHttpResult GetKey(LogKeys keys) => TypedResults.Text($"{keys.Verifier}\n", PlainText);

    private static Results<FileContentHttpResult, ProblemAnswer> GetTile(string? path, HttpResponse response, PublishedLog published, IDatabase database)
    {
        var size = published.Tree.Size;
        if (!TilePath.TryParse(path, out var tile) || tile.Width > TilePath.WidthAt(tile.Level, tile.Index, size))
        {
            return Problems.LogTileNotFound.Because($"The tree of {size} entries has no such tile, or not so wide yet; names are those of C2SP tlog-tiles.").ToAnswer();
        }

        response.Headers.CacheControl = "public, max-age=31536000, immutable";
        var bytes = database.Read(transaction => tile.Level == TilePath.EntriesLevel ? LogStore.ReadEntries(transaction, tile) : LogStore.ReadTile(transaction, tile));
        return TypedResults.Bytes(bytes.ToArray(), MediaTypes.Binary);
    }

    private static Results<Ok<InclusionView>, ProblemAnswer> GetEntry(long index, long? size, PublishedLog published, IDatabase database)
    {
        var tree = published.Tree;
        if (index < 0 || index >= tree.Size)
        {
            return Problems.LogEntryNotFound.Because($"The log has {tree.Size} entries.").ToAnswer();
        }

        var at = size ?? tree.Size;
        return at <= index || at > tree.Size
            ? Problems.LogRangeInvalid.Because($"size must be above {index}, which is the entry's index, and at most {tree.Size}, the number of entries.").ToAnswer()
            : TypedResults.Ok(database.Read(transaction => LogProofs.Inclusion(transaction, index, at)));
    }

    private static Results<Ok<ConsistencyView>, ProblemAnswer> GetConsistency(long from, long to, PublishedLog published, IDatabase database) =>
        from < 0 || from > to || to > published.Tree.Size
            ? Problems.LogRangeInvalid.Because($"It must hold that 0 ≤ from ≤ to ≤ {published.Tree.Size}, the number of entries.").ToAnswer()
            : TypedResults.Ok(database.Read(transaction => LogProofs.Consistency(transaction, from, to)));
}
