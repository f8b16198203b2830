using Ailee.Vcp.Client;
using Ailee.Vcp.Client.Log;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Statements;
using Ailee.Vcp.Server.Auth;
using Ailee.Vcp.Server.Http;
using Ailee.Vcp.Server.Storage;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Ailee.Vcp.Server.Log;

/// <summary>Looks for entries by what their statements are about.</summary>
internal static class LogSearch
{
    private static readonly string[] Filters = ["statement", "task", "module", "input", "output", "node", "kind"];
    private static readonly string[] Known = [.. Filters, "limit", "after"];

    // Entries are narrowed and sorted on the statements' own indexes; each branch gives no more than a page.
    internal const string Execution =
        """
        SELECT x.received_ms AS at, x.id AS id, e.idx AS idx, e.kind AS kind, e.logged_ms AS logged, x.task AS task, x.node AS node, x.module AS module
        FROM proofs x CROSS JOIN log_entries e ON e.digest = x.id
        WHERE (x.received_ms, x.id) < ($at, $after) AND e.idx < $size{0}
        ORDER BY x.received_ms DESC, x.id DESC LIMIT $limit
        """;

    private const string Orchestrator =
        """
        SELECT x.issued_ms AS at, x.id AS id, e.idx AS idx, e.kind AS kind, e.logged_ms AS logged, x.task AS task, x.node AS node, NULL AS module
        FROM orchestrator_statements x CROSS JOIN log_entries e ON e.digest = x.id
        WHERE (x.issued_ms, x.id) < ($at, $after) AND e.idx < $size{0}
        ORDER BY x.issued_ms DESC, x.id DESC LIMIT $limit
        """;

    public static Results<Ok<Page<LogEntryView>>, ProblemAnswer> Find(
        HttpContext context,
        string? statement,
        string? task,
        string? module,
        string? input,
        string? output,
        string? node,
        string? kind,
        int? limit,
        string? after,
        PublishedLog published,
        IDatabase database)
    {
        string?[] values = [statement, task, module, input, output, node, kind];
        var problem = Parse(values, out var filter);
        problem = ListQuery.TryParse(limit, after, out var query) ?? problem;
        problem = CheckNames(context.Request.Query) ?? problem;
        return problem is not null
            ? problem.ToAnswer()
            : TypedResults.Ok(query.ToPage(database.Read(transaction => List(transaction, context.Caller().OnlyTenant, filter, query, published.Tree.Size)), hit => hit.Cursor, hit => hit.View));
    }

    // A filter that is misspelled must not find everything.
    private static Problem? CheckNames(IQueryCollection query) =>
        query.FirstOrDefault(parameter => !Known.Contains(parameter.Key, StringComparer.OrdinalIgnoreCase) || parameter.Value.Count > 1) is { Key: { } name }
            ? Problems.MalformedRequest.Because($"'{name}' is not one of {string.Join(", ", Known)}, or stands there twice.")
            : null;

    private static Problem? Parse(string?[] values, out List<(string Column, object Value)> filter)
    {
        filter = [];
        foreach (var (name, value) in Filters.Zip(values))
        {
            if (value is null)
            {
                continue;
            }

            object? parsed = name switch
            {
                "task" => TaskId.TryParse(value, out var id) ? id.ToArray() : null,
                "node" => NodeId.TryParse(value, out var id) ? id.Thumbprint.ToArray() : null,
                "kind" => StatementKind.All.FirstOrDefault(known => known.Name == value)?.Name,
                _ => Digest.TryParse(value, out var digest) ? digest.ToArray() : null,
            };
            if (parsed is null)
            {
                return Problems.MalformedRequest.Because(name switch
                {
                    "task" => "task must be a task's id.",
                    "node" => "node must be a node's id.",
                    "kind" => $"kind must be one of {string.Join(", ", StatementKind.All.Select(known => known.Name))}.",
                    _ => $"{name} must be a digest.",
                });
            }

            filter.Add((name == "statement" ? "id" : name, parsed));
        }

        return null;
    }

    private static List<Hit> List(IReadTransaction transaction, string? tenant, List<(string Column, object Value)> filter, ListQuery query, long size)
    {
        List<(string Name, object? Value)> parameters =
            [("$at", query.After.CreatedMs), ("$after", query.After.Id), ("$size", size), ("$limit", (long)query.Limit + 1), .. filter.Select(pair => ($"${pair.Column}", (object?)pair.Value))];
        if (tenant is not null)
        {
            parameters.Add(("$tenant", tenant));
        }

        var kind = filter.Find(pair => pair.Column == "kind").Value as string;
        var branches = new List<string>();
        if (kind is null || kind == StatementKind.Execution.Name)
        {
            branches.Add(Branch(Execution, filter, "e", tenant is null ? "" : " AND x.tenant = $tenant"));
        }

        if (kind != StatementKind.Execution.Name && !filter.Exists(pair => pair.Column is "module" or "input" or "output"))
        {
            branches.Add(Branch(Orchestrator, filter, "x", tenant is null ? "" : " AND (x.task IS NULL OR (SELECT submitter FROM tasks WHERE id = x.task) = $tenant)"));
        }

        return branches.Count == 0
            ? []
            : transaction.Query(
                $"SELECT * FROM ({string.Join(") UNION ALL SELECT * FROM (", branches)}) ORDER BY at DESC, id DESC LIMIT $limit",
                row => new Hit(
                    new Cursor(row.Int64(0), row.Bytes(1)),
                    new LogEntryView(
                        row.Int64(2),
                        row.Digest(1).ToString(),
                        row.Text(3),
                        row.IsNull(5) ? null : row.TaskId(5).ToString(),
                        row.IsNull(6) ? null : row.NodeId(6).ToString(),
                        row.IsNull(7) ? null : row.Digest(7).ToString(),
                        row.Time(4))),
                [.. parameters]);
    }

    private static string Branch(string select, List<(string Column, object Value)> filter, string kindFrom, string tenants) =>
        select.Replace("{0}", string.Concat(filter.Select(pair => $" AND {(pair.Column == "kind" ? kindFrom : "x")}.{pair.Column} = ${pair.Column}")) + tenants, StringComparison.Ordinal);

    private sealed record Hit(Cursor Cursor, LogEntryView View);
}
