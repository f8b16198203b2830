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
internal static class PresentedCheckpoints
{
    public static void MapPresentedCheckpoints(this RouteGroupBuilder log) => log.MapPost("/checkpoint", PresentAsync)
        .AllowWithoutKey()
        .Accepts<string>(MediaTypes.Text)
        .WithMetadata(new RequestSizeLimitAttribute(SignedNote.MaxSizeBytes))
        .WithSummary("Present a checkpoint of this log that you saw; if the log contradicts it, nothing is signed any more");

    private static async Task<Results<Ok<PresentedView>, ProblemAnswer>> PresentAsync(
        HttpRequest request,
        LogKeys keys,
        PublishedLog published,
        LogReadOnly readOnly,
        IDatabase database,
        CancellationToken cancellationToken)
    {
        var body = await request.ReadBytesAsync(cancellationToken);
        if (SignedNote.TryParse(body.Span) is not { } note || keys.ReadOwn(note) is not { } seen)
        {
            return Problems.CheckpointInvalid.Because($"It must be a signed note of the log {keys.Origin}, signed with its key.").ToAnswer();
        }

        // The stored tree is never smaller than the served one, so what was served contradicts nothing.
        if (database.Read(transaction => LogContradiction.Find(transaction, LogStore.FindTree(transaction)!, seen)) is { } contradiction)
        {
            await readOnly.TurnAsync(contradiction);
            return contradiction.Kind.Because(contradiction.Detail).ToAnswer();
        }

        return TypedResults.Ok(new PresentedView(published.Tree.Size, true));
    }
}
