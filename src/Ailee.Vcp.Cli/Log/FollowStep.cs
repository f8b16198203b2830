using System.Net;
using System.Text.Json;
using Ailee.Vcp.Client;
using Ailee.Vcp.Core.Log;
using Ailee.Vcp.Core.Merkle;

namespace Ailee.Vcp.Cli.Log;

/// <summary>What a monitor makes of a checkpoint.</summary>
internal abstract record FollowStep
{
    private FollowStep()
    {
    }

    /// <summary>Nothing new.</summary>
    public sealed record Unchanged : FollowStep;

    /// <summary>The log has grown, and nothing before was changed.</summary>
    public sealed record Grown(SeenCheckpoint Seen) : FollowStep;

    /// <summary>The log shows others, or showed before, something else.</summary>
    /// <param name="Why">A sentence.</param>
    /// <param name="IsNotLarger">Whether the log shows no more entries than were seen, so that what was seen tells it something.</param>
    public sealed record Forked(string Why, bool IsNotLarger) : FollowStep;

    /// <summary>The log's key signed it, and the server does not show that it continues what was seen.</summary>
    public sealed record Unproven(string Why) : FollowStep
    {
        /// <param name="seen">The newest checkpoint that was believed.</param>
        /// <param name="given">What the log's key signed.</param>
        /// <param name="reason">What the server says instead, a sentence.</param>
        public static Unproven Of(Checkpoint seen, Checkpoint given, string reason) =>
            new($"The log signed {given.Size} entries with the root {given.Root} but does not prove that they begin with the {seen.Size} that were seen. {reason}");
    }

    /// <summary>Nobody with the log's key made it.</summary>
    public sealed record NotTheLog(string Why) : FollowStep;

    /// <summary>Judges what a server shows.</summary>
    /// <param name="key">The log's key.</param>
    /// <param name="seen">The newest checkpoint that was believed; null at first.</param>
    /// <param name="note">What the server shows.</param>
    /// <param name="prove">Gets the consistency proof between what was believed and what is shown. What it throws as an outage is for the caller.</param>
    public static async Task<FollowStep> JudgeAsync(NoteKey key, SeenCheckpoint? seen, ReadOnlyMemory<byte> note, Func<SeenCheckpoint, SeenCheckpoint, Task<ConsistencyProof>> prove)
    {
        if (SignedNote.TryParse(note.Span) is not { } signed || Checkpoint.TryParse(signed.Text) is not { } checkpoint)
        {
            return new NotTheLog("What the server shows is no checkpoint.");
        }

        if (!key.Verifies(signed) || checkpoint.Origin != key.Name)
        {
            return new NotTheLog($"The server's checkpoint is not signed by the log's key {key}.");
        }

        var given = new SeenCheckpoint(checkpoint, note);
        return seen is null ? new Grown(given) : await CompareAsync(seen, given, prove);
    }

    private static async Task<FollowStep> CompareAsync(SeenCheckpoint seen, SeenCheckpoint given, Func<SeenCheckpoint, SeenCheckpoint, Task<ConsistencyProof>> prove)
    {
        var (before, now) = (seen.Checkpoint, given.Checkpoint);
        if (now.Size <= before.Size)
        {
            return now.Size < before.Size ? new Forked($"The log had {before.Size} entries and now shows {now.Size}.", true)
                : now.Root != before.Root ? new Forked($"The log shows two roots for {now.Size} entries: {before.Root} and {now.Root}.", true)
                : new Unchanged();
        }

        try
        {
            var proof = await prove(seen, given);
            return proof.From == before.Size && proof.To == now.Size && proof.Verify(before.Root, now.Root)
                ? new Grown(given)
                : new Forked($"The log of {now.Size} entries does not begin with the {before.Size} that were seen: the consistency proof does not lead to both roots.", false);
        }
        catch (VcpApiException refused) when (IsRefusal(refused.Status))
        {
            return Unproven.Of(before, now, $"To the question for the proof the server says: {refused.Message}");
        }
        catch (Exception unreadable) when (unreadable is JsonException or FormatException)
        {
            return Unproven.Of(before, now, $"The server's proof cannot be read: {unreadable.Message}");
        }
    }

    // Whoever publishes a checkpoint has its proof. To be asked later is another thing.
    private static bool IsRefusal(HttpStatusCode status) => (int)status is >= 400 and < 500 && status is not (HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests);
}
