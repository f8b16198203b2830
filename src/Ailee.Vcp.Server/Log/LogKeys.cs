using Ailee.Vcp.Core.Cose;
using Ailee.Vcp.Core.Log;
using Ailee.Vcp.Node.Keys;
using Ailee.Vcp.Server.Storage;

namespace Ailee.Vcp.Server.Log;

/// <summary>The keys of the log and of the orchestrator, and the log's name. Neither is ever used for the other's purpose, or is a node's.</summary>
internal sealed class LogKeys : IDisposable
{
    private const string OriginPrefix = "urn:vcp:log:";

    /// <exception cref="StartupException">A key is not the one that the log was begun with, or a key file is none.</exception>
    public LogKeys(LogOptions options, DataDirectory directory, IDatabase database)
    {
        var (begun, genesis, mark) = database.Read(transaction => (LogStore.FindTree(transaction), LogStore.FindGenesis(transaction), Restores.FindMark(transaction)));
        if (begun is not null && mark is { SameLog: false })
        {
            PutAside(options, directory, begun);
            begun = null;
        }

        Log = Load(options.KeyFile ?? directory.LogKey, begun?.Key);
        Orchestrator = Load(directory.OrchestratorKey, genesis?.Header.Key);
        Origin = options.Origin ?? begun?.Origin ?? OriginPrefix + Log.PublicKey.Id;
        if (begun is not null && begun.Origin != Origin)
        {
            throw new StartupException($"The log was begun as {begun.Origin} and keeps that name: remove Log:Origin, or set it so.");
        }
    }

    /// <summary>Signs checkpoints and receipts.</summary>
    public SigningKey Log { get; }

    /// <summary>Signs what the orchestrator states.</summary>
    public SigningKey Orchestrator { get; }

    /// <summary>The log's name.</summary>
    public string Origin { get; }

    /// <summary>What verifies the log's checkpoints.</summary>
    public NoteKey Verifier => new(Origin, Log.PublicKey, NoteKeyType.Log);

    /// <summary>The checkpoint in a note, if it is this log's own with its key's signature; otherwise null.</summary>
    public Checkpoint? ReadOwn(SignedNote note) =>
        Checkpoint.TryParse(note.Text) is { } checkpoint && checkpoint.Origin == Origin && Verifier.Verifies(note) ? checkpoint : null;

    /// <summary>Takes the key of a log that ends, and its name, out of use.</summary>
    private static void PutAside(LogOptions options, DataDirectory directory, LogTree past)
    {
        const string Restored = "The data directory is a backup, so its log goes on as another, with a key and a name of its own (docs/operations/backup.md).";
        if (options.Origin == past.Origin)
        {
            throw new StartupException($"{Restored} {LogOptions.Section}:{nameof(LogOptions.Origin)} is the name of the one before: set another.");
        }

        var file = options.KeyFile ?? directory.LogKey;
        if (!File.Exists(file) || PublicKeyIn(file) is var key && !key.Equals(past.Key))
        {
            return;
        }

        if (options.KeyFile is not null)
        {
            throw new StartupException($"{Restored} {file} holds the key of the one before: set {LogOptions.Section}:{nameof(LogOptions.KeyFile)} to a new file.");
        }

        File.Move(file, $"{file}.{new NoteKey(past.Origin, past.Key, NoteKeyType.Log).Hash:x8}", overwrite: true);
    }

    private static PublicKey PublicKeyIn(string file)
    {
        using var key = Load(file, null);
        return key.PublicKey;
    }

    /// <summary>A key; a new one only for a log that is not begun.</summary>
    private static SigningKey Load(string file, PublicKey? begunWith)
    {
        const string Advice = "Put the file back; without it nobody can continue the log.";
        if (begunWith is not null && !File.Exists(file))
        {
            throw new StartupException($"The log was begun with the key {begunWith}, but {file} is missing. {Advice}");
        }

        try
        {
            var key = NodeKey.LoadOrCreate(file);
            return begunWith is null || begunWith.Equals(key.PublicKey)
                ? key
                : throw new StartupException($"The log was begun with the key {begunWith}; that in {file} is {key.PublicKey}. {Advice}");
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            throw new StartupException(exception.Message);
        }
    }

    public void Dispose()
    {
        Log.Dispose();
        Orchestrator.Dispose();
    }
}
