using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Server.Dispatch;
using Ailee.Vcp.Server.Storage;

namespace Ailee.Vcp.Server.Tasks;

/// <summary>The SQL of what tasks ask of nodes.</summary>
internal static class DemandStore
{
    /// <summary>What a task asks for, and its state; null if there is no such task.</summary>
    public static (string State, Demand Demand)? Find(IReadTransaction transaction, TaskId id) => transaction.QueryFirst<(string, Demand)?>(
        "SELECT t.state, t.submitter, t.priority, t.not_before_ms, i.invocation FROM tasks t JOIN task_inputs i ON i.task = t.id WHERE t.id = $id",
        row => (row.Text(0), new Demand
        {
            Task = id,
            Submitter = row.Text(1),
            Priority = (int)row.Int64(2),
            NotBefore = row.NullableTime(3),
            MemoryBytes = Invocation.TryDecode(row.Bytes(4), out _)!.Limits.MemoryBytes,
        }),
        ("$id", id.ToArray()));

    /// <summary>Who submitted a task.</summary>
    public static string FindSubmitter(IReadTransaction transaction, TaskId id) =>
        transaction.QueryFirst("SELECT submitter FROM tasks WHERE id = $id", row => row.Text(0), ("$id", id.ToArray()))!;
}
