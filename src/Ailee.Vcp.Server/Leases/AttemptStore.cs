using Ailee.Vcp.Core;
using Ailee.Vcp.Server.Storage;

namespace Ailee.Vcp.Server.Leases;

/// <summary>The states of an attempt.</summary>
internal static class AttemptStates
{
    public const string Running = "running";
    public const string Accepted = "accepted";
    public const string Rejected = "rejected";
    public const string Inconclusive = "inconclusive";

    /// <summary>The node was not heard of for too long. What it says later still counts while the task is undecided.</summary>
    public const string Expired = "expired";

    /// <summary>The server ended, and the built-in node with it.</summary>
    public const string Lost = "lost";
    public const string Cancelled = "cancelled";
}

/// <summary>What an attempt is for.</summary>
internal static class AttemptPurposes
{
    public const string Run = "run";

    /// <summary>The task is decided; a trusted node runs it again to see whether it was decided rightly.</summary>
    public const string Audit = "audit";
}

/// <summary>How an attempt came to be.</summary>
/// <param name="Lease">Its lease.</param>
/// <param name="Task">The task.</param>
/// <param name="Node">The node.</param>
/// <param name="Purpose">One of <see cref="AttemptPurposes"/>.</param>
/// <param name="Request">The poll that got it; null in the process itself, where no answer is lost.</param>
/// <param name="Reasons">Why this node, as JSON.</param>
/// <param name="Price">The price of an auction; null without one.</param>
internal sealed record AttemptStart(Guid Lease, TaskId Task, NodeId Node, string Purpose, Guid? Request, string? Reasons, long? Price);

/// <summary>The SQL of attempts. An attempt that has ended never changes again, except that one that expired may be accepted.</summary>
internal static class AttemptStore
{
    public static void Begin(IWriteTransaction transaction, AttemptStart start, DateTimeOffset now) => transaction.Execute(
        """
        INSERT INTO attempts (lease, task, number, node, state, started_ms, purpose, request, reasons, price)
        VALUES ($lease, $task, 1 + (SELECT COUNT(*) FROM attempts WHERE task = $task), $node, 'running', $now, $purpose, $request, $reasons, $price)
        """,
        ("$lease", Key(start.Lease)),
        ("$task", start.Task.ToArray()),
        ("$node", start.Node.Thumbprint.ToArray()),
        ("$now", now.ToUnixTimeMilliseconds()),
        ("$purpose", start.Purpose),
        ("$request", start.Request is { } request ? Key(request) : null),
        ("$reasons", start.Reasons),
        ("$price", start.Price));

    /// <summary>Attempts that came to nothing: by their own doing, and by the server's end.</summary>
    public static (long Failures, long Losses) Spent(IReadTransaction transaction, TaskId task) => transaction.QueryFirst(
        """
        SELECT COUNT(*) FILTER (WHERE state IN ('inconclusive', 'rejected', 'expired')), COUNT(*) FILTER (WHERE state = 'lost')
        FROM attempts WHERE task = $task AND purpose = 'run'
        """,
        row => (row.Int64(0), row.Int64(1)),
        ("$task", task.ToArray()));

    /// <summary>Ends a running attempt; false if it is not running.</summary>
    public static bool TryEnd(IWriteTransaction transaction, Guid lease, string state, string? reason, DateTimeOffset now) => transaction.Execute(
        "UPDATE attempts SET state = $state, reason = $reason, ended_ms = $now WHERE lease = $lease AND state = 'running'",
        ("$state", state),
        ("$reason", reason),
        ("$now", now.ToUnixTimeMilliseconds()),
        ("$lease", Key(lease))) == 1;

    /// <summary>Accepts an attempt's statement; false if the attempt is over.</summary>
    public static bool TryAccept(IWriteTransaction transaction, Guid lease, string? reason, AttemptCost cost, DateTimeOffset now) => transaction.Execute(
        """
        UPDATE attempts SET state = 'accepted', reason = $reason, ended_ms = $now, wall_time_us = $wall, cache_hit = $hit, energy_joules = $energy
        WHERE lease = $lease AND state IN ('running', 'expired')
        """,
        ("$reason", reason),
        ("$now", now.ToUnixTimeMilliseconds()),
        ("$wall", (long)cost.WallTime.TotalMicroseconds),
        ("$hit", cost.CacheHit ? 1L : 0L),
        ("$energy", cost.EnergyJoules),
        ("$lease", Key(lease))) == 1;

    /// <summary>Remembers what a node signed, before its output is there.</summary>
    public static int KeepStatement(IWriteTransaction transaction, Guid lease, ReadOnlyMemory<byte> statement) =>
        transaction.Execute("UPDATE attempts SET statement = $statement WHERE lease = $lease", ("$statement", statement.ToArray()), ("$lease", Key(lease)));

    /// <summary>Ends the running attempts of a task and returns their leases.</summary>
    public static List<Guid> EndRunning(IWriteTransaction transaction, TaskId task, string state, string? reason, DateTimeOffset now)
    {
        // Mostly there is none. The sign keeps the planner from the index of all that run.
        var running = transaction.Query("SELECT lease FROM attempts WHERE task = $task AND +state = 'running'", Lease, ("$task", task.ToArray()));
        if (running.Count > 0)
        {
            transaction.Execute(
                "UPDATE attempts SET state = $state, reason = $reason, ended_ms = $now WHERE task = $task AND state = 'running'",
                ("$state", state),
                ("$reason", reason),
                ("$now", now.ToUnixTimeMilliseconds()),
                ("$task", task.ToArray()));
        }

        return running;
    }

    /// <summary>Ends what a node within this process ran before its restart.</summary>
    public static List<Guid> LoseAll(IWriteTransaction transaction, NodeId node, DateTimeOffset now) => transaction.Query(
        "UPDATE attempts SET state = 'lost', reason = 'restart', ended_ms = $now WHERE state = 'running' AND node = $node RETURNING lease",
        Lease,
        ("$now", now.ToUnixTimeMilliseconds()),
        ("$node", node.Thumbprint.ToArray()));

    /// <summary>Every attempt that runs.</summary>
    public static List<(Guid Lease, TaskId Task, NodeId Node)> Running(IReadTransaction transaction) => transaction.Query(
        "SELECT lease, task, node FROM attempts WHERE state = 'running'",
        row => (Lease(row), row.TaskId(1), row.NodeId(2)));

    /// <summary>How many attempts at a task were made for something.</summary>
    public static long CountOfPurpose(IReadTransaction transaction, TaskId task, string purpose) => transaction.QueryFirst(
        "SELECT COUNT(*) FROM attempts WHERE task = $task AND purpose = $purpose",
        row => row.Int64(0),
        ("$task", task.ToArray()),
        ("$purpose", purpose));

    /// <summary>Whether a task has an attempt that runs.</summary>
    public static bool AnyRunning(IReadTransaction transaction, TaskId task) => transaction.QueryFirst(
        "SELECT EXISTS (SELECT 1 FROM attempts WHERE task = $task AND state = 'running' AND purpose = 'run')",
        row => row.Int64(0) == 1,
        ("$task", task.ToArray()));

    /// <summary>Nodes that tried a task and came to nothing, each once.</summary>
    public static List<NodeId> FailedNodes(IReadTransaction transaction, TaskId task) => transaction.Query(
        "SELECT DISTINCT node FROM attempts WHERE task = $task AND state IN ('inconclusive', 'rejected', 'expired', 'lost')",
        row => row.NodeId(0),
        ("$task", task.ToArray()));

    /// <summary>Owners of nodes that tried a task and came to nothing, each once.</summary>
    public static List<string> FailedOwners(IReadTransaction transaction, TaskId task) => transaction.Query(
        """
        SELECT DISTINCT n.owner FROM attempts a JOIN nodes n ON n.id = a.node
        WHERE a.task = $task AND a.state IN ('inconclusive', 'rejected', 'expired', 'lost')
        """,
        row => row.Text(0),
        ("$task", task.ToArray()));

    /// <summary>The leases of a poll that have not ended.</summary>
    public static List<(Guid Lease, TaskId Task)> OfRequest(IReadTransaction transaction, NodeId node, Guid request) => transaction.Query(
        "SELECT lease, task FROM attempts WHERE node = $node AND request = $request AND state = 'running' ORDER BY lease",
        row => (Lease(row), row.TaskId(1)),
        ("$node", node.Thumbprint.ToArray()),
        ("$request", Key(request)));

    /// <summary>What the accepted attempt of a node at a task cost.</summary>
    public static AttemptCost CostOf(IReadTransaction transaction, TaskId task, NodeId node) => transaction.QueryFirst(
        "SELECT wall_time_us, cache_hit, energy_joules FROM attempts WHERE task = $task AND node = $node AND state = 'accepted' ORDER BY number DESC LIMIT 1",
        row => new AttemptCost(TimeSpan.FromMicroseconds(row.NullableInt64(0) ?? 0), row.NullableInt64(1) == 1, row.NullableDouble(2)),
        ("$task", task.ToArray()),
        ("$node", node.Thumbprint.ToArray()))!;

    /// <summary>On what terms a node's accepted attempt is paid: by whom, for what price if there was an auction, and how long it took by the server's clock.</summary>
    public static (string Submitter, long? Price, TimeSpan Took) TermsOf(IReadTransaction transaction, TaskId task, NodeId node) => transaction.QueryFirst(
        """
        SELECT t.submitter, a.price, a.ended_ms - a.started_ms
        FROM attempts a JOIN tasks t ON t.id = a.task WHERE a.task = $task AND a.node = $node AND a.state = 'accepted' ORDER BY a.number DESC LIMIT 1
        """,
        row => (row.Text(0), row.NullableInt64(1), TimeSpan.FromMilliseconds(row.Int64(2))),
        ("$task", task.ToArray()),
        ("$node", node.Thumbprint.ToArray()));

    public static Attempt? Find(IReadTransaction transaction, Guid lease) => transaction.QueryFirst(
        """
        SELECT a.task, a.node, a.started_ms, a.state, t.nonce, t.module, t.entrypoint, i.invocation, t.runs, t.hash, t.module_digest, t.assurance,
               a.purpose, a.statement, t.bundle, t.state, a.price, t.replicas
        FROM attempts a JOIN tasks t ON t.id = a.task JOIN task_inputs i ON i.task = a.task
        WHERE a.lease = $lease
        """,
        row => new Attempt(row.TaskId(0), row.NodeId(1), row.Time(2), row.Text(3), Nonce.FromBytes(row.Bytes(4)), row.Digest(5), row.Text(6), row.Bytes(7))
        {
            Lease = lease,
            Runs = (int)row.Int64(8),
            Hash = row.Hash(9),
            StatedModule = row.Digest(row.IsNull(10) ? 5 : 10),
            Assurance = row.Text(11),
            Purpose = row.Text(12),
            Statement = row.IsNull(13) ? null : row.Bytes(13),
            Bundle = row.IsNull(14) ? null : row.Digest(14),
            TaskState = row.Text(15),
            Price = row.NullableInt64(16),
            Replicas = (int)row.Int64(17),
        },
        ("$lease", Key(lease)));

    private static byte[] Key(Guid id) => id.ToByteArray(bigEndian: true);

    private static Guid Lease(Row row) => new(row.Bytes(0), bigEndian: true);
}

/// <summary>What an attempt cost, as its node measured it.</summary>
internal sealed record AttemptCost(TimeSpan WallTime, bool CacheHit, double? EnergyJoules);
