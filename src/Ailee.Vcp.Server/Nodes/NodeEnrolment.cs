using Ailee.Vcp.Core.Statements;
using Ailee.Vcp.Server.Log;
using Ailee.Vcp.Server.Storage;

namespace Ailee.Vcp.Server.Nodes;

/// <summary>Enrols nodes: the row and the logged statement that says so, in one transaction.</summary>
internal sealed class NodeEnrolment(IDatabase database, StatementLog log, PublishedLog published, LogIntegrator integrator)
{
    /// <summary>Enrols a node, unless it is, or the log is read-only: then there is no work for it either.</summary>
    public async Task EnrolAsync(NodeRow node)
    {
        if (published.Tree.ReadOnly is not null)
        {
            return;
        }

        await database.WriteAsync(transaction =>
            NodeStore.TryEnrol(transaction, node)
            && log.State(transaction, new OrchestratorPayload.Enrolment(node.PublicKey, node.Owner, node.Name), node.EnrolledAt) != default);
        integrator.Signal();
    }
}
