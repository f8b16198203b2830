using System.Text.Json;
using Ailee.Vcp.Client;
using Ailee.Vcp.Client.Nodes;
using Ailee.Vcp.Core;
using Ailee.Vcp.Server.Http;
using Ailee.Vcp.Server.Storage;

namespace Ailee.Vcp.Server.Telemetry;

/// <summary>The SQL of the history of telemetry.</summary>
internal static class TelemetryStore
{
    /// <summary>The minute that a moment lies in.</summary>
    public static long MinuteOf(DateTimeOffset at) => at.ToUnixTimeMilliseconds() / 60_000;

    /// <summary>Keeps a sample, unless its minute has one.</summary>
    public static void Add(IWriteTransaction transaction, NodeId node, TelemetrySample sample) => transaction.Execute(
        "INSERT OR IGNORE INTO telemetry (node, minute, at_ms, sample) VALUES ($node, $minute, $at, $sample)",
        ("$node", node.Thumbprint.ToArray()),
        ("$minute", MinuteOf(sample.MeasuredAt)),
        ("$at", sample.MeasuredAt.ToUnixTimeMilliseconds()),
        ("$sample", JsonSerializer.Serialize(sample, VcpJson.Default.TelemetrySample)));

    /// <summary>A node's samples from one moment until before another, newest first, one more than the page has.</summary>
    public static List<TelemetrySample> List(IReadTransaction transaction, NodeId node, DateTimeOffset from, DateTimeOffset to, ListQuery page)
    {
        var (first, end) = (from.ToUnixTimeMilliseconds(), Math.Min(to.ToUnixTimeMilliseconds(), page.After.CreatedMs));
        return transaction.Query(
            """
            SELECT sample FROM telemetry
            WHERE node = $node AND minute BETWEEN $first / 60000 AND $end / 60000 AND at_ms >= $first AND at_ms < $end
            ORDER BY minute DESC LIMIT $limit
            """,
            row => JsonSerializer.Deserialize(row.Text(0), VcpJson.Default.TelemetrySample) ?? throw new InvalidDataException("A stored sample is null."),
            ("$node", node.Thumbprint.ToArray()),
            ("$first", first),
            ("$end", end),
            ("$limit", (long)page.Limit + 1));
    }

    /// <summary>Takes away some of what is older than a minute and returns how many samples those were, at most <paramref name="most"/>.</summary>
    public static int Prune(IWriteTransaction transaction, long minute, int most) => transaction.Execute(
        "DELETE FROM telemetry WHERE (node, minute) IN (SELECT node, minute FROM telemetry WHERE minute < $minute LIMIT $most)",
        ("$minute", minute),
        ("$most", (long)most));
}
