using Ailee.Vcp.Core;
using Ailee.Vcp.Server.Storage;

namespace Ailee.Vcp.Server.Auctions;

/// <summary>A round as bids find it.</summary>
internal sealed record StoredRound(TaskId Task, int Number, DateTimeOffset OpensAt, DateTimeOffset Deadline, bool IsOpen);

/// <summary>The SQL of auctions. A round that closed is never opened again, and a bid leaves a state only once.</summary>
internal static class AuctionStore
{
    private const string Open = "open";
    private const string Closed = "closed";

    /// <summary>The auction of a task; null before its first round.</summary>
    public static Auction? Load(IReadTransaction transaction, TaskId task) => transaction.QueryFirst(
        "SELECT number, round, opens_ms, deadline_ms, state, empty_rounds FROM auctions WHERE task = $task ORDER BY number DESC LIMIT 1",
        row => new Auction((int)row.Int64(0), new Guid(row.Bytes(1), bigEndian: true), row.Time(2), row.Time(3), row.Text(4) == Open, (int)row.Int64(5)),
        ("$task", task.ToArray())) is not { } auction ? null : auction with
        {
            Bids =
            [
                .. transaction.Query(
                    "SELECT number, node, owner, price, state, take_by_ms FROM bids WHERE task = $task AND (number = $number OR state = 'awarded') ORDER BY number, node",
                    row => new Bid((int)row.Int64(0), row.NodeId(1), OwnerId.Parse(row.Text(2)), row.Int64(3), row.Text(4), row.NullableTime(5)),
                    ("$task", task.ToArray()),
                    ("$number", (long)auction.Number)),
            ],
            FailedNodes = [.. transaction.Query("SELECT DISTINCT node FROM bids WHERE task = $task AND state = 'failed'", row => row.NodeId(0), ("$task", task.ToArray()))],
        };

    /// <summary>Stores what became of an auction since it was loaded in the same transaction.</summary>
    public static void Save(IWriteTransaction transaction, TaskId task, Auction? before, Auction now)
    {
        foreach (var (bid, moved) in (before?.Bids ?? []).Join(now.Bids, bid => (bid.Number, bid.Node), bid => (bid.Number, bid.Node), (bid, moved) => (bid, moved)))
        {
            if (bid != moved)
            {
                Move(transaction, task, bid, moved);
            }
        }

        if (before?.Number == now.Number)
        {
            transaction.Execute(
                "UPDATE auctions SET deadline_ms = $deadline, state = $state WHERE task = $task AND number = $number AND state = 'open'",
                ("$deadline", now.Deadline.ToUnixTimeMilliseconds()),
                ("$state", now.IsOpen ? Open : Closed),
                ("$task", task.ToArray()),
                ("$number", (long)now.Number));
        }
        else
        {
            transaction.Execute("UPDATE auctions SET state = 'closed' WHERE task = $task AND state = 'open'", ("$task", task.ToArray()));
            transaction.Execute(
                "INSERT INTO auctions (task, number, round, opens_ms, deadline_ms, state, empty_rounds) VALUES ($task, $number, $round, $opens, $deadline, 'open', $empty)",
                ("$task", task.ToArray()),
                ("$number", (long)now.Number),
                ("$round", Key(now.Round)),
                ("$opens", now.OpensAt.ToUnixTimeMilliseconds()),
                ("$deadline", now.Deadline.ToUnixTimeMilliseconds()),
                ("$empty", (long)now.EmptyRounds));
        }
    }

    /// <summary>A round by its name.</summary>
    public static StoredRound? FindRound(IReadTransaction transaction, Guid round) => transaction.QueryFirst(
        "SELECT task, number, opens_ms, deadline_ms, state FROM auctions WHERE round = $round",
        row => new StoredRound(row.TaskId(0), (int)row.Int64(1), row.Time(2), row.Time(3), row.Text(4) == Open),
        ("$round", Key(round)));

    /// <summary>What a node bid in a round; null if it did not.</summary>
    public static long? FindPrice(IReadTransaction transaction, StoredRound round, NodeId node) => transaction.QueryFirst<long?>(
        "SELECT price FROM bids WHERE task = $task AND number = $number AND node = $node",
        row => row.Int64(0),
        ("$task", round.Task.ToArray()),
        ("$number", (long)round.Number),
        ("$node", node.Thumbprint.ToArray()));

    /// <summary>Stores a bid, in the place of the node's bid before.</summary>
    public static void PutBid(IWriteTransaction transaction, StoredRound round, NodeId node, OwnerId owner, long price, DateTimeOffset now) => transaction.Execute(
        """
        INSERT INTO bids (task, number, node, owner, price, at_ms, state) VALUES ($task, $number, $node, $owner, $price, $now, 'standing')
        ON CONFLICT (task, number, node) DO UPDATE SET price = excluded.price, at_ms = excluded.at_ms WHERE state = 'standing'
        """,
        ("$task", round.Task.ToArray()),
        ("$number", (long)round.Number),
        ("$node", node.Thumbprint.ToArray()),
        ("$owner", owner.ToString()),
        ("$price", price),
        ("$now", now.ToUnixTimeMilliseconds()));

    /// <summary>The price at which a node was awarded a lease of a task that it did not take yet; null if it was not.</summary>
    public static long? FindAward(IReadTransaction transaction, TaskId task, NodeId node) => transaction.QueryFirst<long?>(
        "SELECT price FROM bids WHERE task = $task AND node = $node AND state = 'awarded'",
        row => row.Int64(0),
        ("$task", task.ToArray()),
        ("$node", node.Thumbprint.ToArray()));

    /// <summary>Notes that a node took its award.</summary>
    public static void TakeAward(IWriteTransaction transaction, TaskId task, NodeId node) => transaction.Execute(
        "UPDATE bids SET state = 'taken', take_by_ms = NULL WHERE task = $task AND node = $node AND state = 'awarded'",
        ("$task", task.ToArray()),
        ("$node", node.Thumbprint.ToArray()));

    /// <summary>Every bid of a task's rounds up to one, in the order of rounds and prices.</summary>
    public static List<(Bid Bid, DateTimeOffset At)> Bids(IReadTransaction transaction, TaskId task, int upTo) => transaction.Query(
        "SELECT number, node, owner, price, state, take_by_ms, at_ms FROM bids WHERE task = $task AND number <= $number ORDER BY number, price, node",
        row => (new Bid((int)row.Int64(0), row.NodeId(1), OwnerId.Parse(row.Text(2)), row.Int64(3), row.Text(4), row.NullableTime(5)), row.Time(6)),
        ("$task", task.ToArray()),
        ("$number", (long)upTo));

    // Compare and set: a bid leaves a state once.
    private static void Move(IWriteTransaction transaction, TaskId task, Bid before, Bid now) => transaction.Execute(
        "UPDATE bids SET state = $to, take_by_ms = $by WHERE task = $task AND number = $number AND node = $node AND state = $from",
        ("$to", now.State),
        ("$by", now.TakeBy?.ToUnixTimeMilliseconds()),
        ("$task", task.ToArray()),
        ("$number", (long)before.Number),
        ("$node", before.Node.Thumbprint.ToArray()),
        ("$from", before.State));

    private static byte[] Key(Guid id) => id.ToByteArray(bigEndian: true);
}
