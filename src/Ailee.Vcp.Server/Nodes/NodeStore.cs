using System.Text.Json;
using Ailee.Vcp.Client;
using Ailee.Vcp.Client.Mesh;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Cose;
using Ailee.Vcp.Core.Nodes;
using Ailee.Vcp.Server.Storage;

namespace Ailee.Vcp.Server.Nodes;

/// <summary>Who an enrolled node is.</summary>
internal sealed record NodeRow(NodeId Id, PublicKey PublicKey, string Name, string Owner, DateTimeOffset EnrolledAt);

/// <summary>All that is stored of a node, but for its session.</summary>
internal sealed record StoredNode(NodeRow Row, NodeReputation Reputation)
{
    public NodeCapabilities? Capabilities { get; init; }

    public string Standing { get; init; } = NodeStandings.Active;

    public string? StandingReason { get; init; }

    public DateTimeOffset? SeenAt { get; init; }

    public long Confirmed { get; init; }
}

/// <summary>The SQL of nodes.</summary>
internal static class NodeStore
{
    // Challenges for keys that are not enrolled are of session 0: none of them starts the first session.
    private const long FirstSession = 1;

    private const string Selected =
        "SELECT id, public_key, name, owner, enrolled_ms, capabilities, standing, standing_reason, seen_ms, reputation, reputation_ms, confirmed FROM nodes";

    /// <summary>Enrols a node; false for one that is enrolled already, which stays as it is.</summary>
    public static bool TryEnrol(IWriteTransaction transaction, StoredNode node) => transaction.Execute(
        """
        INSERT OR IGNORE INTO nodes (id, public_key, name, owner, enrolled_ms, capabilities, reputation, reputation_ms, confirmed, session_number)
        VALUES ($id, $key, $name, $owner, $now, $capabilities, $reputation, $reputed, $confirmed, $session)
        """,
        ("$id", node.Row.Id.Thumbprint.ToArray()),
        ("$key", node.Row.PublicKey.Bytes.ToArray()),
        ("$name", node.Row.Name),
        ("$owner", node.Row.Owner),
        ("$now", node.Row.EnrolledAt.ToUnixTimeMilliseconds()),
        ("$capabilities", Text(node.Capabilities)),
        ("$reputation", node.Reputation.Value),
        ("$reputed", node.Reputation.At.ToUnixTimeMilliseconds()),
        ("$confirmed", node.Confirmed),
        ("$session", FirstSession)) == 1;

    /// <summary>Who answers for a node; null if it is not enrolled.</summary>
    public static OwnerId? FindOwner(IReadTransaction transaction, NodeId node) =>
        transaction.QueryFirst<OwnerId?>("SELECT owner FROM nodes WHERE id = $id", row => OwnerId.Parse(row.Text(0)), ("$id", node.Thumbprint.ToArray()));

    /// <summary>Who answers for a node whose word counts in votes; null if it does not.</summary>
    public static OwnerId? FindVoter(IReadTransaction transaction, NodeId node) => transaction.QueryFirst<OwnerId?>(
        "SELECT owner FROM nodes WHERE id = $id AND standing IN ('active', 'draining')",
        row => OwnerId.Parse(row.Text(0)),
        ("$id", node.Thumbprint.ToArray()));

    /// <summary>Results of a node that were confirmed since its last fault.</summary>
    public static long FindConfirmed(IReadTransaction transaction, NodeId node) =>
        transaction.QueryFirst("SELECT confirmed FROM nodes WHERE id = $id", row => row.Int64(0), ("$id", node.Thumbprint.ToArray()));

    public static List<NodeRow> List(IReadTransaction transaction) => transaction.Query(
        "SELECT id, public_key, name, owner, enrolled_ms FROM nodes ORDER BY enrolled_ms, id",
        ReadRow);

    /// <summary>All nodes with all that is stored of them, in no order.</summary>
    public static List<StoredNode> Load(IReadTransaction transaction) => transaction.Query(Selected, ReadStored);

    public static StoredNode? Find(IReadTransaction transaction, NodeId node) =>
        transaction.QueryFirst(Selected + " WHERE id = $id", ReadStored, ("$id", node.Thumbprint.ToArray()));

    /// <summary>Leases that nodes have, of those that have any.</summary>
    public static Dictionary<NodeId, long> CountRunning(IReadTransaction transaction) => transaction
        .Query("SELECT node, COUNT(*) FROM attempts WHERE state = 'running' GROUP BY node", row => KeyValuePair.Create(row.NodeId(0), row.Int64(1)))
        .ToDictionary();

    public static void SetCapabilities(IWriteTransaction transaction, NodeId node, NodeCapabilities capabilities) => transaction.Execute(
        "UPDATE nodes SET capabilities = $capabilities WHERE id = $id",
        ("$id", node.Thumbprint.ToArray()),
        ("$capabilities", Text(capabilities)));

    public static void SetStanding(IWriteTransaction transaction, NodeId node, string standing, string? reason, DateTimeOffset now) => transaction.Execute(
        "UPDATE nodes SET standing = $standing, standing_reason = $reason, standing_ms = $now WHERE id = $id",
        ("$id", node.Thumbprint.ToArray()),
        ("$standing", standing),
        ("$reason", reason),
        ("$now", now.ToUnixTimeMilliseconds()));

    public static void SetReputation(IWriteTransaction transaction, NodeId node, NodeReputation reputation, long confirmed) => transaction.Execute(
        "UPDATE nodes SET reputation = $reputation, reputation_ms = $at, confirmed = $confirmed WHERE id = $id",
        ("$id", node.Thumbprint.ToArray()),
        ("$reputation", reputation.Value),
        ("$at", reputation.At.ToUnixTimeMilliseconds()),
        ("$confirmed", confirmed));

    public static void SetSeen(IWriteTransaction transaction, NodeId node, DateTimeOffset seenAt) => transaction.Execute(
        "UPDATE nodes SET seen_ms = $seen WHERE id = $id",
        ("$id", node.Thumbprint.ToArray()),
        ("$seen", seenAt.ToUnixTimeMilliseconds()));

    private static string? Text(NodeCapabilities? capabilities) =>
        capabilities is null ? null : JsonSerializer.Serialize(capabilities, VcpJson.Default.NodeCapabilities);

    private static NodeRow ReadRow(Row row) => new(
        row.NodeId(0),
        PublicKey.TryCreate(row.Bytes(1), out var key) ? key : throw new InvalidDataException("A stored node has an unusable key."),
        row.Text(2),
        row.Text(3),
        row.Time(4));

    private static StoredNode ReadStored(Row row) => new(ReadRow(row), new NodeReputation(row.Double(9), row.NullableTime(10) ?? row.Time(4)))
    {
        Capabilities = row.NullableText(5) is { } text ? JsonSerializer.Deserialize(text, VcpJson.Default.NodeCapabilities) : null,
        Standing = row.Text(6),
        StandingReason = row.NullableText(7),
        SeenAt = row.NullableTime(8),
        Confirmed = row.Int64(11),
    };
}
