using Ailee.Vcp.Client;
using Ailee.Vcp.Client.Log;
using Ailee.Vcp.Core.Log;
using Ailee.Vcp.Server.Auth;
using Ailee.Vcp.Server.Http;
using Ailee.Vcp.Server.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Ailee.Vcp.Server.Log;

/// <summary>Takes checkpoints of this log that somebody saw. One that the log does not continue ends it: its signature is ours.</summary>
internal sealed class PresentedCheckpoints(LogKeys keys, LogReadOnly readOnly, IDatabase database)
{
    /// <summary>Null if the log continues what was seen; otherwise nothing is signed any more, unless what was shown is no checkpoint of this log.</summary>
    public async Task<Problem?> CheckAsync(ReadOnlyMemory<byte> shown)
    {
        if (SignedNote.TryParse(shown.Span) is not { } note || keys.ReadOwn(note) is not { } seen)
        {
            return Problems.CheckpointInvalid.Because($"It must be a signed note of the log {keys.Origin}, signed with its key.");
        }

        // The stored tree is never smaller than the served one, so what was served contradicts nothing.
        if (database.Read(transaction => LogContradiction.Find(transaction, LogStore.FindTree(transaction)!, seen)) is not { } contradiction)
        {
            return null;
        }

        await readOnly.TurnAsync(contradiction);
        return contradiction.Kind.Because(contradiction.Detail);
    }
}

internal static class PresentedCheckpointEndpoint
{
    public static void MapPresentedCheckpoints(this RouteGroupBuilder log) => log.MapPost("/checkpoint", PresentAsync)
        .AllowWithoutKey()
        .Accepts<string>(MediaTypes.Text)
        .WithMetadata(new RequestSizeLimitAttribute(SignedNote.MaxSizeBytes))
        .WithSummary("Present a checkpoint of this log that you saw; if the log contradicts it, nothing is signed any more");

    private static async Task<Results<Ok<PresentedView>, ProblemAnswer>> PresentAsync(
        HttpRequest request,
        PresentedCheckpoints presented,
        PublishedLog published,
        CancellationToken cancellationToken) =>
        await presented.CheckAsync(await request.ReadBytesAsync(cancellationToken)) is { } problem
            ? problem.ToAnswer()
            : TypedResults.Ok(new PresentedView(published.Tree.Size, true));
}
