using System.Text.Json;
using Ailee.Vcp.Client;
using Ailee.Vcp.Client.Mesh;
using Ailee.Vcp.Core;
using Ailee.Vcp.Server.Storage;

namespace Ailee.Vcp.Server.Nodes;

/// <summary>A node's session.</summary>
/// <param name="Node">The node.</param>
/// <param name="Number">Counts up with every session of the node, and when one is ended.</param>
/// <param name="Token">SHA-256 of the token; null if there is no session.</param>
/// <param name="ExpiresAt">When it ends.</param>
internal sealed record NodeSession(NodeId Node, long Number, Digest? Token, DateTimeOffset ExpiresAt);

/// <summary>The SQL of sessions.</summary>
internal static class NodeSessionStore
{
    private const string Selected = "SELECT id, session_number, session_token, session_expires_ms FROM nodes";

    public static List<NodeSession> List(IReadTransaction transaction) => transaction.Query(Selected + " WHERE session_token IS NOT NULL", Read);

    /// <summary>The node's session, or what is left of its last; null if the node is not enrolled.</summary>
    public static NodeSession? Find(IReadTransaction transaction, NodeId node) =>
        transaction.QueryFirst(Selected + " WHERE id = $id", Read, ("$id", node.Thumbprint.ToArray()));

    /// <summary>Starts a session; false if it does not follow the node's last, or the node is removed.</summary>
    public static bool TryStart(IWriteTransaction transaction, NodeSession session, NodeCapabilities capabilities, DateTimeOffset now) => transaction.Execute(
        """
        UPDATE nodes SET session_number = $number, session_token = $token, session_expires_ms = $expires, capabilities = $capabilities, seen_ms = $now
        WHERE id = $id AND session_number = $number - 1 AND standing <> 'removed'
        """,
        ("$id", session.Node.Thumbprint.ToArray()),
        ("$number", session.Number),
        ("$token", session.Token!.Value.ToArray()),
        ("$expires", session.ExpiresAt.ToUnixTimeMilliseconds()),
        ("$capabilities", JsonSerializer.Serialize(capabilities, VcpJson.Default.NodeCapabilities)),
        ("$now", now.ToUnixTimeMilliseconds())) == 1;

    /// <summary>Ends the node's session, if there is one, and voids its challenges.</summary>
    public static NodeSession End(IWriteTransaction transaction, NodeId node) => transaction.QueryFirst(
        "UPDATE nodes SET session_number = session_number + 1, session_token = NULL WHERE id = $id RETURNING id, session_number, session_token, session_expires_ms",
        Read,
        ("$id", node.Thumbprint.ToArray()))!;

    private static NodeSession Read(Row row) =>
        new(row.NodeId(0), row.Int64(1), row.IsNull(2) ? null : row.Digest(2), row.NullableTime(3) ?? DateTimeOffset.MinValue);
}
