using System.Text;
using System.Text.Json;
using Ailee.Vcp.Core.Log;
using Ailee.Vcp.Node.Keys;

namespace Ailee.Vcp.Cli.Log;

/// <summary>
/// A checkpoint that the log's key signed and whose consistency proof is not there yet. It is in a file beside the state before the proof is asked
/// for: a log that has forked can withhold the proof, but not take back the signature.
/// </summary>
internal sealed class UnprovenCheckpoint
{
    private readonly string _path;
    private readonly TimeProvider _time;
    private readonly TimeSpan _before;
    private readonly long _started;

    private UnprovenCheckpoint(string statePath, ReadOnlyMemory<byte> note, DateTimeOffset since, TimeProvider time)
    {
        (_path, Note, _time, _started) = (PathOf(statePath), note, time, time.GetTimestamp());
        var before = time.GetUtcNow() - since;
        _before = before > TimeSpan.Zero ? before : TimeSpan.Zero;
    }

    /// <summary>The checkpoint, a signed note.</summary>
    public ReadOnlyMemory<byte> Note { get; }

    /// <summary>How long its proof has not been had, in this run and those before.</summary>
    public TimeSpan Age => _before + _time.GetElapsedTime(_started);

    /// <summary>The file of a state.</summary>
    public static string PathOf(string statePath) => statePath + ".unproven";

    /// <summary>Keeps a checkpoint. When this returns a power cut leaves it.</summary>
    public static UnprovenCheckpoint Keep(string statePath, SeenCheckpoint given, TimeProvider time)
    {
        var kept = new UnprovenFile(time.GetUtcNow(), Encoding.UTF8.GetString(given.Note.Span));
        SecretFile.Write(PathOf(statePath), Encoding.UTF8.GetBytes(CliJson.Write(kept) + "\n"));
        return new UnprovenCheckpoint(statePath, given.Note, kept.Since, time);
    }

    /// <summary>What a run before kept; null if nothing.</summary>
    /// <param name="statePath">The state.</param>
    /// <param name="key">The state's key; null if there is no state.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="CliException">The file is none of this state.</exception>
    public static UnprovenCheckpoint? Read(string statePath, NoteKey? key, TimeProvider time)
    {
        var path = PathOf(statePath);
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            if (JsonSerializer.Deserialize(File.ReadAllBytes(path), CliJson.Default.UnprovenFile) is { } file && key is not null
                && SeenCheckpoint.TryRead(Encoding.UTF8.GetBytes(file.Note), key) is { } given)
            {
                return new UnprovenCheckpoint(statePath, given.Note, file.Since, time);
            }
        }
        catch (JsonException)
        {
            // Another file: said below.
        }

        throw new CliException($"{path} is no checkpoint of the log that {statePath} is of. It is not touched, since it may be evidence: move it away to go on.");
    }

    /// <summary>Forgets it: the log has proven it.</summary>
    public void Forget() => File.Delete(_path);
}

/// <summary>The file.</summary>
/// <param name="Since">When the checkpoint was first shown.</param>
/// <param name="Note">The checkpoint, a signed note.</param>
internal sealed record UnprovenFile(DateTimeOffset Since, string Note);
