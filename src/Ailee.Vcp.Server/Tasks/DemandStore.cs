using System.Collections.Immutable;
using System.Text.Json;
using Ailee.Vcp.Client;
using Ailee.Vcp.Client.Tasks;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Core.Nodes;
using Ailee.Vcp.Server.Auth;
using Ailee.Vcp.Server.Dispatch;
using Ailee.Vcp.Server.Storage;

namespace Ailee.Vcp.Server.Tasks;

/// <summary>What tasks ask of nodes, as submitted and as stored.</summary>
internal static class DemandStore
{
    /// <summary>What a task asks for that was stored just now.</summary>
    public static Demand Of(TaskId id, TaskDraft draft, string submitter) => new()
    {
        Task = id,
        Submitter = submitter,
        Priority = draft.Priority,
        Selection = Of(draft.Selection),
        MemoryBytes = draft.Invocation.Limits.MemoryBytes,
        Instructions = draft.Invocation.Limits.Instructions,
        Count = draft.Replicas,
    };

    /// <summary>What a task asks for, and its state; null if there is no such task.</summary>
    public static (string State, Demand Demand)? Find(IReadTransaction transaction, TaskId id) => transaction.QueryFirst<(string, Demand)?>(
        "SELECT t.state, t.submitter, t.priority, t.not_before_ms, t.selection, i.invocation FROM tasks t JOIN task_inputs i ON i.task = t.id WHERE t.id = $id",
        row => (row.Text(0), Of(row, id, Invocation.TryDecode(row.Bytes(5), out _)!.Limits)),
        ("$id", id.ToArray()));

    /// <summary>What a task's place is, as it was when it was submitted.</summary>
    public static TaskPlace FindPlace(IReadTransaction transaction, TaskId id) => transaction.QueryFirst(
        $"SELECT t.submitter, t.runs * CASE t.assurance WHEN $adaptive THEN 2 ELSE t.replicas END, i.invocation, LENGTH(i.stdin), {TenantUsage.RowBytes} FROM tasks t JOIN task_inputs i ON i.task = t.id WHERE t.id = $id",
        row =>
        {
            var (invocation, stdinBytes) = (row.Bytes(2), row.Int64(3));
            var input = invocation.Length + stdinBytes;
            return new TaskPlace(row.Text(0), TenantUsage.MostGas(Invocation.TryDecode(invocation, out _)!.Limits, input, row.Int64(1)), input + row.Int64(4));
        },
        ("$adaptive", AssuranceModes.Adaptive),
        ("$id", id.ToArray()));

    private static Demand Of(Row row, TaskId id, DeterministicLimits limits) => new()
    {
        Task = id,
        Submitter = row.Text(1),
        Priority = (int)row.Int64(2),
        NotBefore = row.NullableTime(3),
        Selection = Of(JsonSerializer.Deserialize(row.Text(4), VcpJson.Default.TaskSelection)),
        MemoryBytes = limits.MemoryBytes,
        Instructions = limits.Instructions,
    };

    private static Selection Of(TaskSelection? selection) => selection is null ? Selection.Default : new Selection
    {
        Strategy = selection.Strategy is { } name ? SelectionStrategyNames.Find(name)!.Value : Selection.Default.Strategy,
        Architecture = selection.Architecture,
        Labels = selection.Labels ?? ImmutableDictionary<string, string>.Empty,
    };
}
