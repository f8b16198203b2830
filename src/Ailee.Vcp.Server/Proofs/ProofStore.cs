using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Statements;
using Ailee.Vcp.Server.Http;
using Ailee.Vcp.Server.Log;
using Ailee.Vcp.Server.Storage;
using Ailee.Vcp.Server.Tasks;

namespace Ailee.Vcp.Server.Proofs;

/// <summary>The SQL of statements. Only verified ones get in.</summary>
internal static class ProofStore
{
    /// <summary>Stores a statement under the name of its task's module, which the statement itself may state under another hash.</summary>
    public static void Add(IWriteTransaction transaction, SignedStatement statement, DateTimeOffset received) => transaction.Execute(
        "INSERT INTO proofs (id, task, node, module, tenant, received_ms, statement, input, output) SELECT $id, $task, $node, module, NULLIF(submitter, 'local'), $received, $statement, $input, $output FROM tasks WHERE id = $task",
        ("$id", statement.Id.ToArray()),
        ("$task", statement.Payload.Task.ToArray()),
        ("$node", statement.Header.KeyId.Thumbprint.ToArray()),
        ("$received", received.ToUnixTimeMilliseconds()),
        ("$statement", statement.Bytes.ToArray()),
        ("$input", statement.Payload.Input.ToArray()),
        ("$output", statement.Payload.Output.ToArray()));

    /// <summary>Adds the digests of what was stored when nobody searched by them, and returns all statements, oldest first.</summary>
    public static List<SignedStatement> FillDigests(IWriteTransaction transaction)
    {
        var statements = transaction.Query(
            "SELECT statement FROM proofs ORDER BY received_ms, id",
            row => SignedStatement.TryDecode(row.Bytes(0), out var fault) ?? throw new InvalidDataException($"A stored statement does not decode: {fault!.Detail}"));
        foreach (var statement in statements)
        {
            transaction.Execute(
                "UPDATE proofs SET input = $input, output = $output WHERE id = $id",
                ("$input", statement.Payload.Input.ToArray()),
                ("$output", statement.Payload.Output.ToArray()),
                ("$id", statement.Id.ToArray()));
        }

        return statements;
    }

    /// <summary>A node's statement.</summary>
    public static byte[]? FindStatement(IReadTransaction transaction, Digest id) =>
        transaction.QueryFirst("SELECT statement FROM proofs WHERE id = $id", row => row.Bytes(0), ("$id", id.ToArray()));

    /// <summary>A statement of any kind.</summary>
    public static byte[]? FindAny(IReadTransaction transaction, Digest id) => FindStatement(transaction, id) ?? LogStore.FindStatement(transaction, id);

    /// <summary>Whether a tenant may read a statement: its tasks' ones, and those of the orchestrator about no task. Also if there is no such statement.</summary>
    public static bool IsReadableBy(IReadTransaction transaction, Digest id, string tenant) => transaction.QueryFirst<TaskId?>(
        "SELECT task FROM proofs WHERE id = $id UNION ALL SELECT task FROM orchestrator_statements WHERE id = $id AND task IS NOT NULL",
        row => row.TaskId(0),
        ("$id", id.ToArray())) is not { } task || TaskStore.FindTenant(transaction, task) == tenant;

    /// <summary>The proof that a node gave for a task, or null.</summary>
    public static Digest? FindByNode(IReadTransaction transaction, TaskId task, NodeId node) => transaction.QueryFirst<Digest?>(
        "SELECT id FROM proofs WHERE task = $task AND node = $node",
        row => row.Digest(0),
        ("$task", task.ToArray()),
        ("$node", node.Thumbprint.ToArray()));

    /// <summary>The statements of a task, in the order in which they came.</summary>
    public static List<byte[]> OfTask(IReadTransaction transaction, TaskId task) =>
        transaction.Query("SELECT statement FROM proofs WHERE task = $task ORDER BY received_ms, id", row => row.Bytes(0), ("$task", task.ToArray()));

    public static long Count(IReadTransaction transaction) => transaction.QueryFirst("SELECT COUNT(*) FROM proofs", row => row.Int64(0));

    public static List<StoredProof> List(IReadTransaction transaction, string? tenant, ProofFilter filter, ListQuery query)
    {
        List<(string Name, object? Value)> parameters = [("$received", query.After.CreatedMs), ("$after", query.After.Id), ("$limit", (long)query.Limit + 1)];
        var where = string.Empty;
        if (tenant is not null)
        {
            where = " AND tenant = $tenant";
            parameters.Add(("$tenant", tenant));
        }

        foreach (var (column, value) in filter.Columns())
        {
            where += $" AND {column} = ${column}";
            parameters.Add(($"${column}", value));
        }

        return transaction.Query(
            $"SELECT received_ms, id, statement FROM proofs WHERE (received_ms, id) < ($received, $after){where} ORDER BY received_ms DESC, id DESC LIMIT $limit",
            row => new StoredProof(new Cursor(row.Int64(0), row.Bytes(1)), row.Bytes(2)),
            [.. parameters]);
    }
}

/// <summary>A stored statement and its place in lists.</summary>
internal sealed record StoredProof(Cursor Cursor, byte[] Statement);

/// <summary>What a list of statements is narrowed to; null for anything.</summary>
internal sealed record ProofFilter(TaskId? Task, Digest? Module, NodeId? Node)
{
    public IEnumerable<(string Name, byte[] Value)> Columns()
    {
        if (Task is { } task)
        {
            yield return ("task", task.ToArray());
        }

        if (Module is { } module)
        {
            yield return ("module", module.ToArray());
        }

        if (Node is { } node)
        {
            yield return ("node", node.Thumbprint.ToArray());
        }
    }
}
