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

    /// <summary>Nobody with the log's key made it.</summary>
    public sealed record NotTheLog(string Why) : FollowStep;

    /// <summary>Judges what a server shows.</summary>
    /// <param name="key">The log's key.</param>
    /// <param name="seen">The newest checkpoint that was believed; null at first.</param>
    /// <param name="note">What the server shows.</param>
    /// <param name="prove">Gets the consistency proof between two sizes.</param>
    public static async Task<FollowStep> JudgeAsync(NoteKey key, SeenCheckpoint? seen, ReadOnlyMemory<byte> note, Func<long, long, Task<ConsistencyProof>> prove)
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
        if (seen is null)
        {
            return new Grown(given);
        }

        var (before, now) = (seen.Checkpoint, checkpoint);
        if (now.Size <= before.Size)
        {
            return now.Size < before.Size ? new Forked($"The log had {before.Size} entries and now shows {now.Size}.", true)
                : now.Root != before.Root ? new Forked($"The log shows two roots for {now.Size} entries: {before.Root} and {now.Root}.", true)
                : new Unchanged();
        }

        var proof = await prove(before.Size, now.Size);
        return proof.From == before.Size && proof.To == now.Size && proof.Verify(before.Root, now.Root)
            ? new Grown(given)
            : new Forked($"The log of {now.Size} entries does not begin with the {before.Size} that were seen: the consistency proof does not lead to both roots.", false);
    }
}
