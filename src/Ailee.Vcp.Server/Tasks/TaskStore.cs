using System.Collections.Immutable;
using System.Text.Json;
using Ailee.Vcp.Client;
using Ailee.Vcp.Client.Tasks;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Core.Statements;
using Ailee.Vcp.Server.Auth;
using Ailee.Vcp.Server.Dispatch;
using Ailee.Vcp.Server.Http;
using Ailee.Vcp.Server.Leases;
using Ailee.Vcp.Server.Storage;

namespace Ailee.Vcp.Server.Tasks;

/// <summary>The SQL of tasks. Every change of state names the states that it may start from.</summary>
internal static class TaskStore
{
    private const string Columns = "id, state, module, entrypoint, submitted_ms, completed_ms, failure_code, failure_message, proof, wall_time_us, cache_hit, bundle, assurance, runs, divergence, replicas, quorum, decision, hash, submitter, priority, selection, max_attempts, labels";

    /// <summary>A selection that asks for nothing, as it is stored.</summary>
    public const string Anywhere = "{}";

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
            ("$selection", draft.StoredSelection),
            ("$maxAttempts", (long?)draft.MaxAttempts),
            ("$labels", draft.StoredLabels));
        transaction.Execute(
            "INSERT INTO task_inputs (task, invocation, stdin) VALUES ($id, $invocation, $stdin)",
            ("$id", id.ToArray()),
            ("$invocation", draft.Invocation.Encode()),
            ("$stdin", draft.Stdin.ToArray()));
        foreach (var (name, value) in draft.Labels ?? ImmutableDictionary<string, string>.Empty)
        {
            transaction.Execute("INSERT INTO task_labels (name, value, task) VALUES ($name, $value, $id)", ("$name", name), ("$value", value), ("$id", id.ToArray()));
        }
    }

    public static TaskRow? Find(IReadTransaction transaction, TaskId id) =>
        transaction.QueryFirst($"SELECT {Columns} FROM tasks WHERE id = $id", Map, ("$id", id.ToArray()));

    /// <summary>Whose a task is; null if there is no such task.</summary>
    public static string? FindTenant(IReadTransaction transaction, TaskId id) =>
        transaction.QueryFirst("SELECT submitter FROM tasks WHERE id = $id", row => row.Text(0), ("$id", id.ToArray()));

    /// <summary>The state alone, for calls that show nothing else.</summary>
    public static string? FindState(IReadTransaction transaction, TaskId id) =>
        transaction.QueryFirst("SELECT state FROM tasks WHERE id = $id", row => row.Text(0), ("$id", id.ToArray()));

    /// <summary>Tasks of a tenant, or of all, in a state, or in any, that have a label, or whatever labels; newest first.</summary>
    public static List<TaskRow> List(IReadTransaction transaction, string? tenant, string? state, KeyValuePair<string, string>? label, ListQuery query)
    {
        // Without keys there is one tenant, whose are all.
        var isOfTenant = tenant is not null and not Submitters.Local;
        return transaction.Query(
            ListSql(isOfTenant, state is not null, label is not null),
            Map,
            [
                .. label is { Key: var name, Value: var value } ? new (string, object?)[] { ("$name", name), ("$value", value) } : [],
                .. state is null ? Array.Empty<(string, object?)>() : [("$state", state)],
                .. isOfTenant ? new (string, object?)[] { ("$tenant", tenant) } : [],
                ("$after", query.After.Id),
                ("$limit", query.Limit + 1L),
            ]);
    }

    /// <summary>The SQL of a list.</summary>
    public static string ListSql(bool isOfTenant, bool hasState, bool hasLabel)
    {
        // Of a tenant's list only its own tasks are looked at, one after another: by the index of states or labels it would take longer
        // where others have them too, and so tell that they do. A task without labels costs nothing.
        var (from, id) = isOfTenant ? ("tasks INDEXED BY tasks_by_tenant" + (hasLabel ? " CROSS JOIN task_labels l ON l.task = id" : ""), "id")
            : hasLabel ? ("tasks JOIN task_labels l ON l.task = id", "l.task")
            : ("tasks", "id");
        var where = (isOfTenant ? " AND submitter = $tenant AND submitter <> 'local'" : "")
            + (hasState ? " AND state = $state" : "")
            + (hasLabel ? " AND l.name = $name AND l.value = $value" : "");
        return $"SELECT {Columns} FROM {from} WHERE {id} < $after{where} ORDER BY {id} DESC LIMIT $limit";
    }

    /// <summary>Tasks that are not decided, oldest first.</summary>
    public static List<TaskId> Open(IReadTransaction transaction) =>
        transaction.Query("SELECT id FROM tasks WHERE state IN ('queued', 'running', 'verifying') ORDER BY id", row => row.TaskId(0));

    /// <summary>Queues an undecided task again, to be tried from a moment on.</summary>
    public static void Requeue(IWriteTransaction transaction, TaskId id, DateTimeOffset? notBefore) => transaction.Execute(
        "UPDATE tasks SET state = 'queued', not_before_ms = $at WHERE id = $id AND completed_ms IS NULL",
        ("$at", notBefore?.ToUnixTimeMilliseconds()),
        ("$id", id.ToArray()));

    /// <summary>Has an undecided task run, whether it does already or not; false if it is decided.</summary>
    public static bool TryRun(IWriteTransaction transaction, TaskId id) =>
        transaction.Execute("UPDATE tasks SET state = CASE state WHEN 'queued' THEN 'running' ELSE state END WHERE id = $id AND completed_ms IS NULL", ("$id", id.ToArray())) == 1;

    /// <summary>Says of an undecided task that a result of it is there.</summary>
    public static void Verify(IWriteTransaction transaction, TaskId id) =>
        transaction.Execute("UPDATE tasks SET state = 'verifying' WHERE id = $id AND state IN ('queued', 'running')", ("$id", id.ToArray()));

    /// <summary>Moves a task between states; false if it is not in the first of them.</summary>
    public static bool TryMove(IWriteTransaction transaction, TaskId id, string from, string to) => transaction.Execute(
        "UPDATE tasks SET state = $to WHERE id = $id AND state = $from",
        ("$to", to),
        ("$id", id.ToArray()),
        ("$from", from)) == 1;

    /// <summary>Completes a task that is not decided; false if it is.</summary>
    public static bool Complete(IWriteTransaction transaction, SignedStatement statement, AttemptCost cost, DateTimeOffset now)
    {
        var payload = statement.Payload;
        return Settle(transaction, payload.Task, now, transaction.Execute(
            """
            UPDATE tasks SET state = 'completed', completed_ms = $now, proof = $proof, outcome = $outcome,
                   instructions = $instructions, gas = $gas, wall_time_us = $wall, cache_hit = $hit
            WHERE id = $id AND completed_ms IS NULL
            """,
            ("$now", now.ToUnixTimeMilliseconds()),
            ("$proof", statement.Id.ToArray()),
            ("$outcome", payload.Outcome.ToName()),
            ("$instructions", payload.Instructions),
            ("$gas", payload.Gas),
            ("$wall", (long)cost.WallTime.TotalMicroseconds),
            ("$hit", cost.CacheHit ? 1L : 0L),
            ("$id", payload.Task.ToArray())));
    }

    /// <summary>The hash of a task's statements.</summary>
    public static ContentHash FindHash(IReadTransaction transaction, TaskId id) =>
        transaction.QueryFirst("SELECT hash FROM tasks WHERE id = $id", row => row.Hash(0), ("$id", id.ToArray()))!;

    public static void Cancel(IWriteTransaction transaction, TaskId id, DateTimeOffset now) => Settle(transaction, id, now, transaction.Execute(
        "UPDATE tasks SET state = 'cancelled', completed_ms = $now WHERE id = $id AND completed_ms IS NULL",
        ("$now", now.ToUnixTimeMilliseconds()),
        ("$id", id.ToArray())));

    public static bool Fail(IWriteTransaction transaction, TaskId id, TaskFailure failure, DateTimeOffset now) => Settle(transaction, id, now, transaction.Execute(
        "UPDATE tasks SET state = 'failed', completed_ms = $now, failure_code = $code, failure_message = $message, divergence = $divergence WHERE id = $id AND completed_ms IS NULL",
        ("$now", now.ToUnixTimeMilliseconds()),
        ("$code", failure.Code),
        ("$message", failure.Message),
        ("$divergence", failure.Divergence is null ? null : JsonSerializer.Serialize(failure.Divergence, VcpJson.Default.TaskDivergence)),
        ("$id", id.ToArray())));

    private static bool Settle(IWriteTransaction transaction, TaskId id, DateTimeOffset now, int decided)
    {
        if (decided == 1)
        {
            TenantUsage.Settle(transaction, id, now);
        }

        return decided == 1;
    }

    /// <summary>Keeps what the orchestrator stated about the decision.</summary>
    public static void SetDecision(IWriteTransaction transaction, TaskId id, Digest statement) =>
        transaction.Execute("UPDATE tasks SET decision = $statement WHERE id = $id", ("$statement", statement.ToArray()), ("$id", id.ToArray()));

    public static (byte[] Invocation, byte[] Stdin)? FindInput(IReadTransaction transaction, TaskId id) => transaction.QueryFirst<(byte[], byte[])?>(
        "SELECT invocation, stdin FROM task_inputs WHERE task = $id",
        row => (row.Bytes(0), row.Bytes(1)),
        ("$id", id.ToArray()));

    public static List<TaskAttempt> Attempts(IReadTransaction transaction, TaskId id) => transaction.Query(
        "SELECT number, node, state, reason, started_ms, ended_ms, energy_joules, price, purpose FROM attempts WHERE task = $id ORDER BY number",
        row => new TaskAttempt((int)row.Int64(0), row.NodeId(1).ToString(), row.Text(2), row.NullableText(3), row.Time(4), row.NullableTime(5))
        {
            EnergyJoules = row.NullableDouble(6),
            Price = row.NullableInt64(7),
            Audit = row.Text(8) == AttemptPurposes.Audit ? true : null,
        },
        ("$id", id.ToArray()));

    /// <summary>Whether an undecided task or an audit that runs needs a module or bundle, of a tenant or of any.</summary>
    /// <param name="transaction">The transaction.</param>
    /// <param name="column">Where a task names it: <c>module</c> or <c>bundle</c>.</param>
    /// <param name="digest">Its digest.</param>
    /// <param name="tenant">Whose tasks count; null for all.</param>
    public static bool Needs(IReadTransaction transaction, string column, Digest digest, string? tenant) => transaction.QueryFirst(
        $"""
        SELECT EXISTS (SELECT 1 FROM tasks WHERE {column} = $digest AND completed_ms IS NULL AND submitter = IFNULL($tenant, submitter))
            OR EXISTS (SELECT 1 FROM attempts a JOIN tasks t ON t.id = a.task WHERE a.state = 'running' AND t.{column} = $digest AND t.submitter = IFNULL($tenant, t.submitter))
        """,
        row => row.Int64(0) == 1,
        ("$digest", digest.ToArray()),
        ("$tenant", tenant));

    /// <summary>Tasks in a state.</summary>
    public static long Count(IReadTransaction transaction, string state) =>
        transaction.QueryFirst("SELECT COUNT(*) FROM tasks WHERE state = $state", row => row.Int64(0), ("$state", state));

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
