using Ailee.Vcp.Client.Tasks;
using Ailee.Vcp.Core;
using Ailee.Vcp.Server.Storage;

namespace Ailee.Vcp.Server.Nodes;

/// <summary>The states of an attempt.</summary>
internal static class AttemptStates
{
    public const string Running = "running";
    public const string Accepted = "accepted";
    public const string Rejected = "rejected";
    public const string Inconclusive = "inconclusive";
    public const string Lost = "lost";
    public const string Cancelled = "cancelled";
}

/// <summary>The SQL of attempts. An attempt that has ended never changes again.</summary>
internal static class AttemptStore
{
    /// <summary>Begins an attempt and returns its number.</summary>
    public static long Begin(IWriteTransaction transaction, Guid lease, TaskId task, NodeId node, DateTimeOffset now)
    {
        var number = 1 + Count(transaction, task);
        transaction.Execute(
            "INSERT INTO attempts (lease, task, number, node, state, started_ms) VALUES ($lease, $task, $number, $node, 'running', $now)",
            ("$lease", lease.ToByteArray(bigEndian: true)),
            ("$task", task.ToArray()),
            ("$number", number),
            ("$node", node.Thumbprint.ToArray()),
            ("$now", now.ToUnixTimeMilliseconds()));
        return number;
    }

    public static long Count(IReadTransaction transaction, TaskId task) =>
        transaction.QueryFirst("SELECT COUNT(*) FROM attempts WHERE task = $task", row => row.Int64(0), ("$task", task.ToArray()));

    /// <summary>Attempts that came to nothing: by their own doing, and by the server's end.</summary>
    public static (long Failures, long Losses) Spent(IReadTransaction transaction, TaskId task) => transaction.QueryFirst(
        "SELECT COUNT(*) FILTER (WHERE state IN ('inconclusive', 'rejected')), COUNT(*) FILTER (WHERE state = 'lost') FROM attempts WHERE task = $task",
        row => (row.Int64(0), row.Int64(1)),
        ("$task", task.ToArray()));

    /// <summary>Ends a running attempt; false if it is not running.</summary>
    public static bool TryEnd(IWriteTransaction transaction, Guid lease, string state, string? reason, DateTimeOffset now) => transaction.Execute(
        "UPDATE attempts SET state = $state, reason = $reason, ended_ms = $now WHERE lease = $lease AND state = 'running'",
        ("$state", state),
        ("$reason", reason),
        ("$now", now.ToUnixTimeMilliseconds()),
        ("$lease", lease.ToByteArray(bigEndian: true))) == 1;

    /// <summary>Ends the running attempts of a task and returns their leases.</summary>
    public static List<Guid> EndRunning(IWriteTransaction transaction, TaskId task, string state, DateTimeOffset now) => transaction.Query(
        "UPDATE attempts SET state = $state, ended_ms = $now WHERE task = $task AND state = 'running' RETURNING lease",
        row => new Guid(row.Bytes(0), bigEndian: true),
        ("$state", state),
        ("$now", now.ToUnixTimeMilliseconds()),
        ("$task", task.ToArray()));

    /// <summary>Ends every running attempt, after a restart: nobody runs them any more.</summary>
    public static void LoseAll(IWriteTransaction transaction, DateTimeOffset now) =>
        transaction.Execute("UPDATE attempts SET state = 'lost', reason = 'restart', ended_ms = $now WHERE state = 'running'", ("$now", now.ToUnixTimeMilliseconds()));

    public static Attempt? Find(IReadTransaction transaction, Guid lease) => transaction.QueryFirst(
        """
        SELECT a.task, a.node, a.started_ms, a.state, t.nonce, t.module, t.entrypoint, i.invocation, t.runs, t.assurance
        FROM attempts a JOIN tasks t ON t.id = a.task JOIN task_inputs i ON i.task = a.task
        WHERE a.lease = $lease
        """,
        row => new Attempt(row.TaskId(0), row.NodeId(1), row.Time(2), row.Text(3), Nonce.FromBytes(row.Bytes(4)), row.Digest(5), row.Text(6), row.Bytes(7)) { Runs = (int)row.Int64(8), IsVote = row.Text(9) == AssuranceModes.Quorum },
        ("$lease", lease.ToByteArray(bigEndian: true)));
}

/// <summary>An attempt and what its task asks for.</summary>
internal sealed record Attempt(TaskId Task, NodeId Node, DateTimeOffset StartedAt, string State, Nonce Nonce, Digest Module, string Entrypoint, byte[] Invocation)
{
    /// <summary>How often the node runs the guest.</summary>
    public int Runs { get; init; } = 1;

    /// <summary>Whether nodes vote on the task.</summary>
    public bool IsVote { get; init; }
}
