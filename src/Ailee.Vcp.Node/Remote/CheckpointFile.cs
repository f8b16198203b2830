using System.Text;
using Ailee.Vcp.Core.Log;
using Ailee.Vcp.Node.Keys;

namespace Ailee.Vcp.Node.Remote;

/// <summary>What a checkpoint is beside the latest that was believed.</summary>
internal enum CheckpointJudgement
{
    /// <summary>It is larger, or the first: now it is the latest.</summary>
    Advanced,

    /// <summary>It says the same.</summary>
    Unchanged,

    /// <summary>It is smaller: the log went back.</summary>
    WentBack,

    /// <summary>It has the size of the latest and another root.</summary>
    Forked,

    /// <summary>It is no checkpoint that the log's key signed.</summary>
    NotSigned,
}

/// <summary>The latest checkpoint of the server's log that a node saw, in a file. It never goes back: that is what it is kept for.</summary>
internal sealed class CheckpointFile
{
    private readonly string _path;
    private readonly NoteKey _key;
    private Checkpoint? _latest;

    /// <exception cref="InvalidDataException">The file is there and holds no checkpoint of this log.</exception>
    /// <param name="path">The file; it need not be there.</param>
    /// <param name="key">The log's key, remembered from the enrolment.</param>
    public CheckpointFile(string path, NoteKey key)
    {
        (_path, _key) = (path, key);
        if (StoredFile.TryRead(path) is not { } bytes)
        {
            return;
        }

        Note = Encoding.UTF8.GetString(bytes);
        _latest = Read(Note) ?? throw new InvalidDataException($"{path} is no checkpoint that the log {key.Name} signed. It is not touched: without it nobody can tell whether the log went back. Move it away if you know why it is so.");
    }

    /// <summary>The latest checkpoint, a signed note; null if none was seen.</summary>
    public string? Note { get; private set; }

    /// <summary>Entries of the latest checkpoint.</summary>
    public long Size => _latest?.Size ?? 0;

    /// <summary>Judges a checkpoint and, if it advances, stores it: the whole of it or the one before.</summary>
    public CheckpointJudgement Take(string note)
    {
        if (Read(note) is not { } given)
        {
            return CheckpointJudgement.NotSigned;
        }

        if (_latest is { } latest && given.Size <= latest.Size)
        {
            return given.Size < latest.Size ? CheckpointJudgement.WentBack
                : given.Root != latest.Root ? CheckpointJudgement.Forked
                : CheckpointJudgement.Unchanged;
        }

        SecretFile.Write(_path, Encoding.UTF8.GetBytes(note));
        (Note, _latest) = (note, given);
        return CheckpointJudgement.Advanced;
    }

    private Checkpoint? Read(string note) =>
        SignedNote.TryParse(Encoding.UTF8.GetBytes(note)) is { } signed && _key.Verifies(signed) && Checkpoint.TryParse(signed.Text) is { } checkpoint && checkpoint.Origin == _key.Name
            ? checkpoint
            : null;
}
