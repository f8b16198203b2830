using System.Text.Json;
using Ailee.Vcp.Client;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Cose;
using Ailee.Vcp.Server.Storage;

namespace Ailee.Vcp.Server.Nodes;

/// <summary>An enrolled node.</summary>
internal sealed record NodeRow(NodeId Id, PublicKey PublicKey, string Name, string Owner, DateTimeOffset EnrolledAt);

/// <summary>The SQL of nodes.</summary>
internal static class NodeStore
{
    /// <summary>Enrols a node; false for one that is enrolled already, which stays as it is.</summary>
    public static bool TryEnrol(IWriteTransaction transaction, NodeRow node) => transaction.Execute(
        "INSERT OR IGNORE INTO nodes (id, public_key, name, owner, enrolled_ms) VALUES ($id, $key, $name, $owner, $now)",
        ("$id", node.Id.Thumbprint.ToArray()),
        ("$key", node.PublicKey.Bytes.ToArray()),
        ("$name", node.Name),
        ("$owner", node.Owner),
        ("$now", node.EnrolledAt.ToUnixTimeMilliseconds())) == 1;

    /// <summary>Who answers for a node; null if it is not enrolled.</summary>
    public static OwnerId? FindOwner(IReadTransaction transaction, NodeId node) =>
        transaction.QueryFirst<OwnerId?>("SELECT owner FROM nodes WHERE id = $id", row => OwnerId.Parse(row.Text(0)), ("$id", node.Thumbprint.ToArray()));

    /// <summary>How many answer for nodes.</summary>
    public static long CountOwners(IReadTransaction transaction) => transaction.QueryFirst("SELECT COUNT(DISTINCT owner) FROM nodes", row => row.Int64(0));

    /// <summary>Results of a node that were confirmed since its last fault.</summary>
    public static long FindConfirmed(IReadTransaction transaction, NodeId node) =>
        transaction.QueryFirst("SELECT confirmed FROM nodes WHERE id = $id", row => row.Int64(0), ("$id", node.Thumbprint.ToArray()));

    /// <summary>Whether somebody other than these owners answers for a node that may vote.</summary>
    public static bool AnyOtherOwner(IReadTransaction transaction, IReadOnlyCollection<OwnerId> owners) => transaction.QueryFirst(
        "SELECT EXISTS (SELECT 1 FROM nodes WHERE standing = 'active' AND owner NOT IN (SELECT value FROM json_each($owners)))",
        row => row.Int64(0) == 1,
        ("$owners", JsonSerializer.Serialize(owners.Select(owner => owner.ToString()).ToArray(), VcpJson.Default.StringArray)));

    public static List<NodeRow> List(IReadTransaction transaction) => transaction.Query(
        "SELECT id, public_key, name, owner, enrolled_ms FROM nodes ORDER BY enrolled_ms, id",
        row => new NodeRow(
            row.NodeId(0),
            PublicKey.TryCreate(row.Bytes(1), out var key) ? key : throw new InvalidDataException("A stored node has an unusable key."),
            row.Text(2),
            row.Text(3),
            row.Time(4)));
}
