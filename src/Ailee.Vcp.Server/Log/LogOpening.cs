using System.Globalization;
using Ailee.Vcp.Core.Cose;
using Ailee.Vcp.Core.Log;
using Ailee.Vcp.Core.Merkle;
using Ailee.Vcp.Core.Statements;
using Ailee.Vcp.Server.Auth;
using Ailee.Vcp.Server.Leases;
using Ailee.Vcp.Server.Nodes;
using Ailee.Vcp.Server.Proofs;
using Ailee.Vcp.Server.Storage;

namespace Ailee.Vcp.Server.Log;

/// <summary>Begins the log, or opens it and sees that it is the one that its checkpoint describes.</summary>
internal sealed class LogOpening(IDatabase database, LogKeys keys, StatementLog log, SigningKey node, TimeProvider time)
{
    private const string Policy = "vcp-log-policy-v1";

    /// <exception cref="StartupException">What is stored does not fit its own checkpoint.</exception>
    public async Task<LogTree> OpenAsync()
    {
        if (database.Read(LogStore.FindTree) is not { } tree)
        {
            return await BeginAsync();
        }

        if (Problem(tree) is { } problem)
        {
            throw new StartupException($"The log {tree.Origin} in the data directory is damaged: {problem} Run 'vcp log fsck' on it, and put back a copy that is whole.");
        }

        return database.Read(Restores.FindMark) is { } mark ? await RestoreAsync(mark, tree) : tree;
    }

    /// <summary>A backup knows nothing of what was signed since it was taken: the counters go on far beyond, and the log as another unless nothing was published.</summary>
    private Task<LogTree> RestoreAsync(BackupMark mark, LogTree before)
    {
        var (tree, now) = (mark.SameLog ? before : Empty(), time.GetUtcNow());
        return database.WriteAsync(transaction =>
        {
            Restores.Settle(transaction, mark, StatementIntake.HighestCounter(transaction, node.PublicKey.Id), mark.SameLog ? null : before, now);
            AuditEvents.Add(transaction, new AuditEvent(AuditKinds.ServerRestored, "server", now)
            {
                Subject = DateTimeOffset.FromUnixTimeMilliseconds(mark.TakenMs).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
                Detail = mark.SameLog ? $"the log {before.Origin} goes on" : $"the log {before.Origin} ends here; {keys.Origin} follows",
            });
            if (!mark.SameLog)
            {
                LogStore.BeginAfresh(transaction, tree, () =>
                    log.State(transaction, new OrchestratorPayload.Genesis(keys.Origin, keys.Log.PublicKey, $"{Policy} after {before.Size} {before.Root}"), now));
            }

            return tree;
        });
    }

    private LogTree Empty()
    {
        var empty = new Checkpoint(keys.Origin, 0, MerkleHash.Empty);
        return new LogTree(keys.Origin, keys.Log.PublicKey, 0, empty.Root, LogIntegrator.Sign(keys, empty), null);
    }

    private Task<LogTree> BeginAsync()
    {
        var (tree, now) = (Empty(), time.GetUtcNow());
        return database.WriteAsync(transaction =>
        {
            LogStore.Begin(transaction, tree);
            log.State(transaction, new OrchestratorPayload.Genesis(keys.Origin, keys.Log.PublicKey, Policy), now);
            // What was decided before there was a log.
            foreach (var node in NodeStore.List(transaction))
            {
                log.State(transaction, new OrchestratorPayload.Enrolment(node.PublicKey, node.Owner, node.Name), now);
            }

            foreach (var statement in ProofStore.FillDigests(transaction))
            {
                StatementLog.Append(transaction, statement, now);
            }

            return tree;
        });
    }

    private string? Problem(LogTree tree)
    {
        // Its own key: that of a log which is about to end is another than the one that signs from now on.
        if (SignedNote.TryParse(tree.Note) is not { } note || !new NoteKey(tree.Origin, tree.Key, NoteKeyType.Log).Verifies(note)
            || Checkpoint.TryParse(note.Text) != new Checkpoint(tree.Origin, tree.Size, tree.Root))
        {
            return "its checkpoint is not the one that was signed.";
        }

        try
        {
            var root = database.Read(transaction => MerkleProofs.Root(PublishedLog.Nodes(transaction, tree.Size), tree.Size));
            return root == tree.Root ? null : "its tiles have another root than its checkpoint says.";
        }
        catch (InvalidDataException exception)
        {
            return exception.Message;
        }
    }
}
