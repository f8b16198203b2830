using Ailee.Vcp.Client.Mesh;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Server.Storage;
using Ailee.Vcp.Server.Traces;

namespace Ailee.Vcp.Server.Tasks;

/// <summary>An output with its trace, as a node handed it in, ready to be stored.</summary>
/// <param name="Result">What came.</param>
/// <param name="Output">What is stored of the output.</param>
/// <param name="Trace">What is stored of the trace.</param>
internal sealed record TaskContent(ResultContent Result, DecidedOutput Output, DecidedTrace Trace)
{
    /// <summary>Prepares content that passed intake. Hashing happens here, so call it outside transactions where that can be.</summary>
    public static TaskContent Of(ResultContent result)
    {
        var record = OutputRecord.TryDecode(result.Output, out var fault) ?? throw new InvalidOperationException($"An output that passed intake does not decode: {fault!.Detail}");
        var output = new DecidedOutput(
            result.Output.ToArray(),
            result.Stdout.ToArray(),
            result.Stderr.ToArray(),
            Digest.Of(result.Stdout.Span),
            Digest.Of(result.Stderr.Span),
            [.. result.Files.Select(file => new DecidedFile(file.Key, file.Value, Digest.Of(file.Value.Span)))])
        {
            Results = TaskResults.ToJson(record.Results),
            Trap = record.Trap,
        };
        return new TaskContent(result, output, DecidedTrace.Of(result.TraceHashes, result.TraceLeaves));
    }

    /// <summary>Stores it as the task's own.</summary>
    public void Store(IWriteTransaction transaction, TaskId task)
    {
        TaskOutputs.Add(transaction, task, Output);
        TraceStore.Add(transaction, task, Trace);
        TaskFiles.Add(transaction, task, Output.Files);
    }

    /// <summary>Removes what is stored as the task's own.</summary>
    public static void Remove(IWriteTransaction transaction, TaskId task)
    {
        foreach (var table in (string[])["task_outputs", "task_traces", "task_file_chunks", "task_files"])
        {
            transaction.Execute($"DELETE FROM {table} WHERE task = $task", ("$task", task.ToArray()));
        }
    }
}
