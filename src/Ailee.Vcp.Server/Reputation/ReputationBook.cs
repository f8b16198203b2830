using System.Globalization;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Cose;
using Ailee.Vcp.Core.Nodes;
using Ailee.Vcp.Core.Statements;
using Ailee.Vcp.Server.Log;
using Ailee.Vcp.Server.Nodes;
using Ailee.Vcp.Server.Storage;

namespace Ailee.Vcp.Server.Reputation;

/// <summary>
/// Keeps what nodes did: reputation, confirmed results and strikes (docs/design/nodes.md). Enough strikes quarantine a node, in the
/// transaction of the last one and with a statement in the log. The built-in node is never quarantined: it would stop the service.
/// </summary>
internal sealed partial class ReputationBook(
    IDatabase database,
    NodeRegistry registry,
    StatementLog log,
    LogIntegrator integrator,
    SigningKey builtIn,
    ReputationMetrics metrics,
    ILogger<ReputationBook> logger)
{
    // The newest event of each node that the registry knows. Used within the registry's changes only, which come one after the other.
    private readonly Dictionary<NodeId, long> _known = [];

    /// <summary>Records something that a node did, in the transaction that found it out.</summary>
    /// <returns>What to pass to <see cref="Applied"/> after the commit.</returns>
    /// <exception cref="InvalidOperationException">The node is not enrolled.</exception>
    public ReputationChange Record(IWriteTransaction transaction, NodeId node, ReputationEventKind kind, TaskId? task, DateTimeOffset now)
    {
        var before = ReputationStore.Find(transaction, node) ?? throw new InvalidOperationException($"The node {node} is not enrolled.");
        var reputation = before.Reputation.After(kind, now);
        var confirmed = kind == ReputationEventKind.Agreed || kind == ReputationEventKind.AuditPassed
            ? AdaptiveTrust.Confirm(before.Confirmed)
            : AdaptiveTrust.After(before.Confirmed, kind);
        NodeStore.SetReputation(transaction, node, reputation, confirmed);
        var number = ReputationStore.Add(transaction, node, new NodeEvent(kind.Name, now, kind.Delta, reputation.Value) { Task = task });
        var change = new ReputationChange(node, number, kind, reputation, confirmed, Strikes: 0);
        return kind.IsStrike ? Strike(transaction, change, before.Standing, now) : change;
    }

    /// <summary>Tells of what is committed: the registry, metrics, and the operator's log. Changes may come in any order.</summary>
    public void Applied(IReadOnlyList<ReputationChange> changes)
    {
        foreach (var change in changes)
        {
            registry.Update(change.Node, node => Apply(node, change));
            metrics.Recorded(change.Kind);
            if (change.Kind.IsStrike)
            {
                Tell(change);
            }
        }
    }

    private LiveNode Apply(LiveNode node, ReputationChange change)
    {
        if (_known.GetValueOrDefault(change.Node) < change.Event)
        {
            _known[change.Node] = change.Event;
            node = node with { Reputation = change.Reputation, Confirmed = change.Confirmed };
        }

        // Somebody may have released it between the commit and this.
        return change.Quarantine is not null && database.Read(transaction => NodeStore.Find(transaction, change.Node)) is { } stored
            ? node with { Standing = stored.Standing, StandingReason = stored.StandingReason }
            : node;
    }

    private ReputationChange Strike(IWriteTransaction transaction, ReputationChange change, string standing, DateTimeOffset now)
    {
        var strikes = ReputationStore.StrikesSince(transaction, change.Node, StrikePolicy.Since(ReputationStore.LastRelease(transaction, change.Node), now));
        change = change with { Strikes = strikes.Count };
        // A log that is read-only takes no statement, and gives out no work either.
        if (strikes.Count < StrikePolicy.Most || change.Node == builtIn.PublicKey.Id || standing is not (NodeStandings.Active or NodeStandings.Draining) || LogStore.FindReadOnly(transaction) is not null)
        {
            return change;
        }

        var reason = string.Create(CultureInfo.InvariantCulture, $"{strikes.Count} strikes: {string.Join(", ", strikes.AsEnumerable().Reverse())}");
        NodeStore.SetStanding(transaction, change.Node, NodeStandings.Quarantined, reason, now);
        NodeEventStore.Add(transaction, change.Node, new NodeEvent(StatementKind.Quarantine.Name, now, 0, change.Reputation.Value) { Detail = reason });
        log.State(transaction, new OrchestratorPayload.Quarantine(change.Node, reason), now);
        return change with { Quarantine = reason };
    }

    private void Tell(ReputationChange change)
    {
        if (change.Node == builtIn.PublicKey.Id)
        {
            LogBuiltInStrike(change.Kind.Name, change.Strikes);
        }
        else if (change.Quarantine is { } reason)
        {
            metrics.Quarantined();
            LogQuarantine(change.Node, reason);
            integrator.Signal();
        }
        else
        {
            LogStrike(change.Node, change.Kind.Name, change.Strikes);
        }
    }

    [LoggerMessage(4101, LogLevel.Warning, "Strike of node {Node}: {Kind}, number {Strikes}")]
    private partial void LogStrike(NodeId node, string kind, int strikes);

    [LoggerMessage(4102, LogLevel.Error, "Node {Node} is quarantined until somebody releases it: {Reason}")]
    private partial void LogQuarantine(NodeId node, string reason);

    [LoggerMessage(4103, LogLevel.Critical, "STRIKE OF THE BUILT-IN NODE: {Kind}, number {Strikes}. It goes on, or nothing would run; look for broken memory or a changed engine")]
    private partial void LogBuiltInStrike(string kind, int strikes);
}
