using System.Text.Json;
using Ailee.Vcp.Client;
using Ailee.Vcp.Client.Tasks;
using Ailee.Vcp.Core;
using Ailee.Vcp.Server.Http;
using Ailee.Vcp.Server.Storage;

namespace Ailee.Vcp.Server.Tasks;

/// <summary>The SQL of tasks. Every change of state names the states that it may start from.</summary>
internal static class TaskStore
{
    private const string Columns = "id, state, module, entrypoint, submitted_ms, completed_ms, failure_code, failure_message, proof, wall_time_us, cache_hit, bundle, assurance, runs, divergence, replicas, quorum, decision, hash, submitter, priority, selection, max_attempts, labels";

    private const string Anywhere = "{}";

    public static void Add(IWriteTransaction transaction, TaskId id, Nonce nonce, TaskDraft draft, string submitter, DateTimeOffset now)
    {
        transaction.Execute(
            "INSERT INTO tasks (id, state, module, entrypoint, nonce, timeout_ms, submitted_ms, bundle, assurance, runs, replicas, quorum, hash, module_digest, submitter, priority, selection, max_attempts, labels) VALUES ($id, 'queued', $module, $entrypoint, $nonce, $timeout, $now, $bundle, $assurance, $runs, $replicas, $quorum, $hash, $moduleDigest, $submitter, $priority, $selection, $maxAttempts, $labels)",
            ("$id", id.ToArray()),
            ("$module", draft.Module.ToArray()),
            ("$entrypoint", draft.Entrypoint),
            ("$nonce", nonce.ToArray()),
            ("$timeout", (long)draft.TimeoutMs),
            ("$now", now.ToUnixTimeMilliseconds()),
            ("$bundle", draft.Bundle?.ToArray()),
            ("$assurance", draft.Assurance),
            ("$runs", (long)draft.Runs),
            ("$replicas", (long)draft.Replicas),
            ("$quorum", (long)draft.Quorum),
            ("$hash", draft.Hash.Name),
            ("$moduleDigest", draft.ModuleDigest?.ToArray()),
            ("$submitter", submitter),
            ("$priority", (long)draft.Priority),
            ("$selection", draft.Selection is null ? Anywhere : JsonSerializer.Serialize(draft.Selection, VcpJson.Default.TaskSelection)),
            ("$maxAttempts", (long?)draft.MaxAttempts),
            ("$labels", draft.Labels is null ? null : JsonSerializer.Serialize(draft.Labels, VcpJson.Default.IReadOnlyDictionaryStringString)));
        transaction.Execute(
            "INSERT INTO task_inputs (task, invocation, stdin) VALUES ($id, $invocation, $stdin)",
            ("$id", id.ToArray()),
            ("$invocation", draft.Invocation.Encode()),
            ("$stdin", draft.Stdin.ToArray()));
    }

    public static TaskRow? Find(IReadTransaction transaction, TaskId id) =>
        transaction.QueryFirst($"SELECT {Columns} FROM tasks WHERE id = $id", Map, ("$id", id.ToArray()));

    /// <summary>The state alone, for calls that show nothing else.</summary>
    public static string? FindState(IReadTransaction transaction, TaskId id) =>
        transaction.QueryFirst("SELECT state FROM tasks WHERE id = $id", row => row.Text(0), ("$id", id.ToArray()));

    public static List<TaskRow> List(IReadTransaction transaction, string? state, ListQuery query) => state is null
        ? transaction.Query(
            $"SELECT {Columns} FROM tasks WHERE id < $after ORDER BY id DESC LIMIT $limit",
            Map,
            ("$after", query.After.Id),
            ("$limit", (long)query.Limit + 1))
        : transaction.Query(
            $"SELECT {Columns} FROM tasks WHERE state = $state AND id < $after ORDER BY id DESC LIMIT $limit",
            Map,
            ("$state", state),
            ("$after", query.After.Id),
            ("$limit", (long)query.Limit + 1));

    public static List<TaskId> Queued(IReadTransaction transaction) =>
        transaction.Query("SELECT id FROM tasks WHERE state = 'queued' ORDER BY id", row => row.TaskId(0));

    /// <summary>Moves a task between states; false if it is not in the first of them.</summary>
    public static bool TryMove(IWriteTransaction transaction, TaskId id, string from, string to) => transaction.Execute(
        "UPDATE tasks SET state = $to WHERE id = $id AND state = $from",
        ("$to", to),
        ("$id", id.ToArray()),
        ("$from", from)) == 1;

    public static void Cancel(IWriteTransaction transaction, TaskId id, DateTimeOffset now) => transaction.Execute(
        "UPDATE tasks SET state = 'cancelled', completed_ms = $now WHERE id = $id AND state IN ('queued', 'running')",
        ("$now", now.ToUnixTimeMilliseconds()),
        ("$id", id.ToArray()));

    public static void Fail(IWriteTransaction transaction, TaskId id, TaskFailure failure, DateTimeOffset now) => transaction.Execute(
        "UPDATE tasks SET state = 'failed', completed_ms = $now, failure_code = $code, failure_message = $message, divergence = $divergence WHERE id = $id AND state = 'running'",
        ("$now", now.ToUnixTimeMilliseconds()),
        ("$code", failure.Code),
        ("$message", failure.Message),
        ("$divergence", failure.Divergence is null ? null : JsonSerializer.Serialize(failure.Divergence, VcpJson.Default.TaskDivergence)),
        ("$id", id.ToArray()));

    /// <summary>Keeps what the orchestrator stated about the decision.</summary>
    public static void SetDecision(IWriteTransaction transaction, TaskId id, Digest statement) =>
        transaction.Execute("UPDATE tasks SET decision = $statement WHERE id = $id", ("$statement", statement.ToArray()), ("$id", id.ToArray()));

    public static (byte[] Invocation, byte[] Stdin)? FindInput(IReadTransaction transaction, TaskId id) => transaction.QueryFirst<(byte[], byte[])?>(
        "SELECT invocation, stdin FROM task_inputs WHERE task = $id",
        row => (row.Bytes(0), row.Bytes(1)),
        ("$id", id.ToArray()));

    public static List<TaskAttempt> Attempts(IReadTransaction transaction, TaskId id) => transaction.Query(
        "SELECT number, node, state, reason, started_ms, ended_ms FROM attempts WHERE task = $id ORDER BY number",
        row => new TaskAttempt((int)row.Int64(0), row.NodeId(1).ToString(), row.Text(2), row.NullableText(3), row.Time(4), row.NullableTime(5)),
        ("$id", id.ToArray()));

    public static List<(string State, string? Outcome, long Count, long Instructions, long Gas)> Totals(IReadTransaction transaction) => transaction.Query(
        "SELECT state, outcome, COUNT(*), COALESCE(SUM(instructions), 0), COALESCE(SUM(gas), 0) FROM tasks GROUP BY state, outcome",
        row => (row.Text(0), row.NullableText(1), row.Int64(2), row.Int64(3), row.Int64(4)));

    private static TaskRow Map(Row row) => new(
        row.TaskId(0),
        row.Text(1),
        row.Digest(2),
        row.Text(3),
        row.Time(4),
        row.NullableTime(5),
        row.NullableText(6),
        row.NullableText(7),
        row.IsNull(8) ? null : row.Bytes(8),
        row.NullableInt64(9),
        row.NullableInt64(10) == 1,
        row.IsNull(11) ? null : row.Digest(11))
    {
        Assurance = row.Text(12),
        Runs = (int)row.Int64(13),
        Divergence = row.NullableText(14),
        Replicas = (int)row.Int64(15),
        Quorum = (int)row.Int64(16),
        Decision = row.IsNull(17) ? null : row.Digest(17),
        Hash = row.Hash(18),
        Submitter = row.Text(19),
        Priority = (int)row.Int64(20),
        Selection = row.Text(21) is var selection && selection == Anywhere ? null : JsonSerializer.Deserialize(selection, VcpJson.Default.TaskSelection),
        MaxAttempts = (int?)row.NullableInt64(22),
        Labels = row.NullableText(23),
    };
}
