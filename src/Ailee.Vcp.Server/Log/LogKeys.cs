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
        var begun = database.Read(LogStore.FindTree);
        var file = options.KeyFile ?? directory.LogKey;
        if (begun is not null && !File.Exists(file))
        {
            throw new StartupException($"The log {begun.Origin} was begun with a key that is missing: {file}. Put the file back; nobody else can continue this log.");
        }

        try
        {
            Log = NodeKey.LoadOrCreate(file);
            Orchestrator = NodeKey.LoadOrCreate(directory.OrchestratorKey);
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            throw new StartupException(exception.Message);
        }

        Origin = options.Origin ?? begun?.Origin ?? OriginPrefix + Log.PublicKey.Id;
        if (begun is not null && !begun.Key.Equals(Log.PublicKey))
        {
            throw new StartupException($"The log {begun.Origin} was begun with another key than that in {file}. Put the right file there; nobody else can continue this log.");
        }

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

    public void Dispose()
    {
        Log.Dispose();
        Orchestrator.Dispose();
    }
}
