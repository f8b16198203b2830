using Ailee.Vcp.Core.Nodes;
using Ailee.Vcp.Core.Statements;
using Ailee.Vcp.Sandbox;
using Ailee.Vcp.Server.Ledger;
using Ailee.Vcp.Server.Log;
using Ailee.Vcp.Server.Storage;
using Microsoft.Extensions.Options;

namespace Ailee.Vcp.Server.Nodes;

/// <summary>Enrols the built-in node: the row and the logged statement that says so, in one transaction.</summary>
internal sealed class NodeEnrolment(
    IDatabase database,
    StatementLog log,
    PublishedLog published,
    LogIntegrator integrator,
    NodeRegistry registry,
    IOptions<SandboxOptions> options,
    IOptions<LedgerOptions> ledger)
{
    /// <summary>Enrols the node, unless it is, or the log is read-only: then there is no work for it either.</summary>
    public async Task EnrolAsync(NodeRow node)
    {
        if (published.Tree.ReadOnly is not null)
        {
            return;
        }

        // In auctions it bids what work is worth without one.
        var capabilities = BuiltInCapabilities.Of(options.Value) with { Price = ledger.Value.PricePerMegaGas };
        var stored = new StoredNode(node, NodeReputation.Start(node.EnrolledAt)) { Capabilities = capabilities };
        var isNew = await database.WriteAsync(transaction =>
        {
            if (NodeStore.TryEnrol(transaction, stored))
            {
                log.State(transaction, new OrchestratorPayload.Enrolment(node.PublicKey, node.Owner, node.Name), node.EnrolledAt);
                return true;
            }

            NodeStore.SetCapabilities(transaction, node.Id, capabilities);
            return false;
        });
        if (isNew)
        {
            // As it is stored: the row's times are whole milliseconds.
            registry.Add(database.Read(transaction => NodeStore.Find(transaction, node.Id))!);
        }
        else
        {
            registry.Update(node.Id, live => live with { Capabilities = capabilities });
        }

        integrator.Signal();
    }
}
