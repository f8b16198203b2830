using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Cose;
using Ailee.Vcp.Core.Statements;
using Ailee.Vcp.Server.Auth;
using Ailee.Vcp.Server.Http;
using Ailee.Vcp.Server.Log;
using Ailee.Vcp.Server.Storage;

namespace Ailee.Vcp.Server.Nodes;

/// <summary>
/// What the operator does with nodes: the row, the event, the logged statement and the line of the audit trail in one transaction. Done twice, the second time does
/// nothing and answers the same.
/// </summary>
internal sealed class NodeStanding(
    IDatabase database,
    NodeRegistry registry,
    NodeSessions sessions,
    StatementLog log,
    LogIntegrator integrator,
    TimeProvider time)
{
    private const string Rotated = "rotated";

    /// <summary>Gives the node no new leases; what it has is finished. Not for one that is quarantined: that is more already.</summary>
    public Task<Problem?> DrainAsync(NodeId id, Actor actor) => ChangeAsync(id, (transaction, node, now) =>
    {
        if (node.Standing is NodeStandings.Quarantined)
        {
            return Problems.NodeQuarantined.Because("It gets no leases; release it first.");
        }

        if (node.Standing is NodeStandings.Active)
        {
            Move(transaction, node, NodeStandings.Draining, "drained", null, null, now);
            actor.Record(transaction, AuditKinds.NodeDrained, id.ToString(), null, now);
        }

        return null;
    });

    /// <summary>Quarantines the node until it is released. The first reason stays.</summary>
    public Task<Problem?> QuarantineAsync(NodeId id, string reason, Actor actor) => ChangeAsync(id, (transaction, _, now) =>
    {
        if (Quarantine(transaction, id, reason, now))
        {
            actor.Record(transaction, AuditKinds.NodeQuarantined, id.ToString(), reason, now);
        }

        return null;
    });

    /// <summary>Ends a quarantine or a draining.</summary>
    public Task<Problem?> ReleaseAsync(NodeId id, Actor actor) => ChangeAsync(id, (transaction, node, now) =>
    {
        if (node.Standing is not NodeStandings.Active)
        {
            // Draining is not logged, and neither is its end.
            var statement = node.Standing is NodeStandings.Quarantined ? new OrchestratorPayload.Release(id) : null;
            Move(transaction, node, NodeStandings.Active, "released", null, statement, now);
            actor.Record(transaction, AuditKinds.NodeReleased, id.ToString(), null, now);
        }

        return null;
    });

    /// <summary>Removes the node for good and ends its session.</summary>
    public Task<Problem?> RemoveAsync(NodeId id, string reason, Actor actor) => IsBuiltIn(id) ?? ChangeAsync(
        id,
        (transaction, node, now) =>
        {
            if (node.Standing is not NodeStandings.Removed)
            {
                Move(transaction, node, NodeStandings.Removed, "removed", reason, new OrchestratorPayload.Revocation(id, reason), now);
                NodeSessionStore.End(transaction, id);
                actor.Record(transaction, AuditKinds.NodeRemoved, id.ToString(), reason, now);
            }

            return null;
        },
        takesRemoved: true);

    /// <summary>Enrols another key with the node's owner, name, reputation and standing, and removes the one that it had.</summary>
    public async Task<Problem?> RotateAsync(NodeId id, PublicKey key, Actor actor)
    {
        var problem = await (IsBuiltIn(id) ?? ChangeAsync(id, (transaction, node, now) => Rotate(transaction, node, key, actor, now), takesRemoved: true));
        if (problem is null)
        {
            registry.Add(database.Read(transaction => NodeStore.Find(transaction, key.Id))!);
        }

        return problem;
    }

    /// <summary>Quarantines a node in the transaction of what it did; after the commit call <see cref="Refresh"/>. False if it is so already, or removed.</summary>
    public bool Quarantine(IWriteTransaction transaction, NodeId id, string reason, DateTimeOffset now)
    {
        var node = NodeStore.Find(transaction, id)!;
        if (node.Standing is NodeStandings.Quarantined or NodeStandings.Removed)
        {
            return false;
        }

        Move(transaction, node, NodeStandings.Quarantined, "quarantined", reason, new OrchestratorPayload.Quarantine(id, reason), now);
        return true;
    }

    /// <summary>Takes over from the row, after a commit, where a node stands, and lets the log integrate what was said of it.</summary>
    public LiveNode? Refresh(NodeId id)
    {
        integrator.Signal();
        if (database.Read(transaction => NodeSessionStore.Find(transaction, id)) is { } session)
        {
            sessions.Set(session);
        }

        // Read within the update: of two that are at once, the one that is applied last has read last.
        return registry.Update(id, live =>
        {
            var stored = database.Read(transaction => NodeStore.Find(transaction, id))!;
            return live with { Standing = stored.Standing, StandingReason = stored.StandingReason };
        });
    }

    private Task<Problem?>? IsBuiltIn(NodeId id) => registry.Find(id) is { IsBuiltIn: true }
        ? Task.FromResult<Problem?>(Problems.NodeBuiltIn.Because("The server's own node can be drained, quarantined and released, but not removed, and its key is the file node.key."))
        : null;

    private async Task<Problem?> ChangeAsync(NodeId id, Func<IWriteTransaction, StoredNode, DateTimeOffset, Problem?> change, bool takesRemoved = false)
    {
        var problem = await database.WriteAsync(transaction =>
            NodeStore.Find(transaction, id) is not { } node ? Problems.NodeNotFound.Because("There is no such node.")
            : node.Standing is NodeStandings.Removed && !takesRemoved ? Problems.NodeRemoved.Because("Its key cannot come back; a new key can be enrolled.")
            : change(transaction, node, time.GetUtcNow()));
        if (problem is null)
        {
            Refresh(id);
        }

        return problem;
    }

    private Problem? Rotate(IWriteTransaction transaction, StoredNode old, PublicKey key, Actor actor, DateTimeOffset now)
    {
        var reason = $"rotated to {key.Id}";
        if (old.Standing is NodeStandings.Removed)
        {
            return old.StandingReason == reason ? null : Problems.NodeRemoved.Because("Its key cannot come back; a new key can be enrolled.");
        }

        if (old.Standing is NodeStandings.Quarantined)
        {
            return Problems.NodeQuarantined.Because("A new key would end the quarantine; release it first.");
        }

        var row = new NodeRow(key.Id, key, old.Row.Name, old.Row.Owner, now);
        var fresh = new StoredNode(row, old.Reputation) { Confirmed = old.Confirmed };
        if (!NodeStore.TryEnrol(transaction, fresh))
        {
            return Problems.NodeEnrolled.Because("The new key is a node's already.");
        }

        log.State(transaction, new OrchestratorPayload.Rotation(old.Row.Id, key, row.Owner, row.Name), now);
        log.State(transaction, new OrchestratorPayload.Enrolment(key, row.Owner, row.Name), now);
        NodeStore.SetStanding(transaction, key.Id, old.Standing, old.StandingReason, now);
        NodeEventStore.Add(transaction, key.Id, new NodeEvent(Rotated, now, 0, fresh.Reputation.DecayTo(now).Value) { Detail = $"rotated from {old.Row.Id}" });
        Move(transaction, old, NodeStandings.Removed, Rotated, reason, null, now);
        NodeSessionStore.End(transaction, old.Row.Id);
        actor.Record(transaction, AuditKinds.NodeRotated, old.Row.Id.ToString(), reason, now);
        return null;
    }

    private void Move(IWriteTransaction transaction, StoredNode node, string standing, string kind, string? reason, OrchestratorPayload? statement, DateTimeOffset now)
    {
        if (statement is not null)
        {
            log.State(transaction, statement, now);
        }

        NodeStore.SetStanding(transaction, node.Row.Id, standing, reason, now);
        NodeEventStore.Add(transaction, node.Row.Id, new NodeEvent(kind, now, 0, node.Reputation.DecayTo(now).Value) { Detail = reason });
    }
}
