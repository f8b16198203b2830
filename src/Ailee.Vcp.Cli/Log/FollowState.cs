using System.Text;
using System.Text.Json;
using Ailee.Vcp.Core.Log;
using Ailee.Vcp.Node.Keys;

namespace Ailee.Vcp.Cli.Log;

/// <summary>What a monitor remembers between its runs: a log's key and the newest checkpoint that it believed.</summary>
/// <param name="Key">The key, as a C2SP verifier key.</param>
/// <param name="Note">The checkpoint, a signed note.</param>
internal sealed record FollowState(string Key, string Note)
{
    /// <summary>Reads a state; null if there is none yet.</summary>
    /// <exception cref="CliException">The file is none.</exception>
    public static (NoteKey Key, SeenCheckpoint Seen)? Read(string path)
    {
        if (StoredFile.TryRead(path) is not { } bytes)
        {
            return null;
        }

        try
        {
            var state = JsonSerializer.Deserialize(bytes, CliJson.Default.FollowState);
            if (NoteKey.TryParse(state?.Key, out var key) && SeenCheckpoint.TryRead(Encoding.UTF8.GetBytes(state!.Note), key) is { } seen)
            {
                return (key, seen);
            }
        }
        catch (JsonException)
        {
            // Cut off or another file: said below.
        }

        throw new CliException($"{path} is no state of 'log follow'. It is not touched: without it nobody can tell whether the log went back.");
    }

    /// <summary>Stores a state: the whole of it or the one before.</summary>
    public static void Write(string path, NoteKey key, SeenCheckpoint seen) =>
        SecretFile.Write(path, Encoding.UTF8.GetBytes(CliJson.Write(new FollowState(key.ToString(), Encoding.UTF8.GetString(seen.Note.Span))) + "\n"));
}

/// <summary>A checkpoint that the log's key signed.</summary>
internal sealed record SeenCheckpoint(Checkpoint Checkpoint, ReadOnlyMemory<byte> Note)
{
    /// <summary>Null if the bytes are no checkpoint, or not signed by the key.</summary>
    public static SeenCheckpoint? TryRead(ReadOnlyMemory<byte> note, NoteKey key) =>
        SignedNote.TryParse(note.Span) is { } signed && key.Verifies(signed) && Checkpoint.TryParse(signed.Text) is { } checkpoint && checkpoint.Origin == key.Name
            ? new SeenCheckpoint(checkpoint, note)
            : null;
}
