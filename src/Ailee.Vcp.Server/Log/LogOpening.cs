using Ailee.Vcp.Core.Log;
using Ailee.Vcp.Core.Merkle;
using Ailee.Vcp.Core.Statements;
using Ailee.Vcp.Server.Nodes;
using Ailee.Vcp.Server.Proofs;
using Ailee.Vcp.Server.Storage;

namespace Ailee.Vcp.Server.Log;

/// <summary>Begins the log, or opens it and sees that it is the one that its checkpoint describes.</summary>
internal sealed class LogOpening(IDatabase database, LogKeys keys, StatementLog log, TimeProvider time)
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

        return tree;
    }

    private Task<LogTree> BeginAsync()
    {
        var empty = new Checkpoint(keys.Origin, 0, MerkleHash.Empty);
        var tree = new LogTree(keys.Origin, keys.Log.PublicKey, 0, empty.Root, LogIntegrator.Sign(keys, empty), null);
        var now = time.GetUtcNow();
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
        if (SignedNote.TryParse(tree.Note) is not { } note || !keys.Verifier.Verifies(note)
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
