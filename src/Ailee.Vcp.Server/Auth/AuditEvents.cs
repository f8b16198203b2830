using Ailee.Vcp.Client.Keys;
using Ailee.Vcp.Server.Http;
using Ailee.Vcp.Server.Storage;

namespace Ailee.Vcp.Server.Auth;

/// <summary>The SQL of the audit trail.</summary>
internal static class AuditEvents
{
    // A place in the list is the event's number.
    private static readonly byte[] NoId = new byte[16];

    public static int Add(IWriteTransaction transaction, AuditEvent happened) => transaction.Execute(
        "INSERT INTO audit_events (at_ms, kind, actor, remote, subject, detail) VALUES ($at, $kind, $actor, $remote, $subject, $detail)",
        ("$at", happened.At.ToUnixTimeMilliseconds()),
        ("$kind", happened.Kind),
        ("$actor", happened.Actor),
        ("$remote", happened.Remote),
        ("$subject", happened.Subject),
        ("$detail", happened.Detail));

    /// <summary>Events, newest first, one more than the limit. An actor is a key's id, or a whole name.</summary>
    public static List<AuditEventView> List(IReadTransaction transaction, string? kind, string? actor, ListQuery query) => transaction.Query(
        $"""
        SELECT id, at_ms, kind, actor, remote, subject, detail FROM audit_events
        WHERE id < $before {(kind is null ? "" : "AND kind = $kind")} {(actor is null ? "" : "AND (actor = $actor OR substr(actor, 1, length($actor) + 1) = $actor || ' ')")}
        ORDER BY id DESC LIMIT $limit
        """,
        row => new AuditEventView(row.Int64(0), row.Time(1), row.Text(2), row.Text(3)) { Remote = row.NullableText(4), Subject = row.NullableText(5), Detail = row.NullableText(6) },
        [
            ("$before", query.After.CreatedMs),
            ("$limit", query.Limit + 1L),
            .. kind is null ? Array.Empty<(string, object?)>() : [("$kind", kind)],
            .. actor is null ? Array.Empty<(string, object?)>() : [("$actor", actor)],
        ]);

    /// <summary>Where an event stands in the list.</summary>
    public static Cursor CursorOf(AuditEventView happened) => new(happened.Id, NoId);

    /// <summary>Whether the oldest event is older than events are kept.</summary>
    public static bool AnyBefore(IReadTransaction transaction, DateTimeOffset oldest) =>
        transaction.QueryFirst("SELECT at_ms < $oldest FROM audit_events ORDER BY id LIMIT 1", row => row.Int64(0), ("$oldest", oldest.ToUnixTimeMilliseconds())) != 0;

    /// <summary>Takes away some of the oldest events that are older than they are kept.</summary>
    public static int Prune(IWriteTransaction transaction, DateTimeOffset oldest, int most) => transaction.Execute(
        "DELETE FROM audit_events WHERE id IN (SELECT id FROM audit_events ORDER BY id LIMIT $most) AND at_ms < $oldest",
        ("$most", (long)most),
        ("$oldest", oldest.ToUnixTimeMilliseconds()));
}
