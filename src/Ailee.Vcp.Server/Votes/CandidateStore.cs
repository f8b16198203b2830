using Ailee.Vcp.Client.Mesh;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Statements;
using Ailee.Vcp.Core.Traces;
using Ailee.Vcp.Server.Storage;
using Ailee.Vcp.Server.Tasks;
using Ailee.Vcp.Server.Traces;

namespace Ailee.Vcp.Server.Votes;

/// <summary>
/// The outputs that nodes handed in for a task, by what statements call them. The first is stored as the task's own, which it mostly turns
/// out to be; the others wait in chunks.
/// </summary>
internal static class CandidateStore
{
    /// <summary>Whether an output that a statement names was handed in.</summary>
    public static bool IsKnown(IReadTransaction transaction, StatementPayload payload) => FindInPlace(transaction, payload) is not null;

    /// <summary>Stores an output that was checked against a statement, unless it is known.</summary>
    public static void Add(IWriteTransaction transaction, StatementPayload payload, TaskContent content)
    {
        if (IsKnown(transaction, payload))
        {
            return;
        }

        var inPlace = !Any(transaction, payload.Task);
        transaction.Execute(
            "INSERT INTO candidates (task, output, trace, in_place) VALUES ($task, $output, $trace, $inPlace)",
            ("$inPlace", inPlace ? 1L : 0L),
            ("$task", payload.Task.ToArray()),
            ("$output", payload.Output.ToArray()),
            ("$trace", payload.TraceRoot.ToArray()));
        if (inPlace)
        {
            content.Store(transaction, payload.Task);
            return;
        }

        foreach (var (number, chunk) in ChunkStream.Cut(ResultContentCodec.Encode(content.Result)))
        {
            transaction.Execute(
                "INSERT INTO candidate_chunks (task, output, trace, number, content) VALUES ($task, $output, $trace, $number, $content)",
                ("$number", number),
                ("$content", chunk),
                ("$task", payload.Task.ToArray()),
                ("$output", payload.Output.ToArray()),
                ("$trace", payload.TraceRoot.ToArray()));
        }
    }

    /// <summary>Makes an output the task's own where one node's word decides.</summary>
    /// <param name="transaction">The transaction that decides.</param>
    /// <param name="payload">What was stated.</param>
    /// <param name="content">The output, if it came with the statement; otherwise it was handed in before.</param>
    public static void Accept(IWriteTransaction transaction, StatementPayload payload, TaskContent? content)
    {
        if (content is not null && !Any(transaction, payload.Task))
        {
            content.Store(transaction, payload.Task);
            return;
        }

        if (content is not null)
        {
            Add(transaction, payload, content);
        }

        Settle(transaction, payload);
    }

    /// <summary>Makes the output that won the task's own, and drops the others.</summary>
    public static void Settle(IWriteTransaction transaction, StatementPayload winner)
    {
        if (FindInPlace(transaction, winner) == false)
        {
            var content = ReadChunks(transaction, winner);
            TaskContent.Remove(transaction, winner.Task);
            content.Store(transaction, winner.Task);
            transaction.Execute(
                "UPDATE candidates SET in_place = (output = $output AND trace = $trace) WHERE task = $task",
                ("$task", winner.Task.ToArray()),
                ("$output", winner.Output.ToArray()),
                ("$trace", winner.TraceRoot.ToArray()));
        }

        transaction.Execute("DELETE FROM candidate_chunks WHERE task = $task", ("$task", winner.Task.ToArray()));
    }

    /// <summary>Drops every output of a task that comes to no decision.</summary>
    public static void Drop(IWriteTransaction transaction, TaskId task)
    {
        transaction.Execute("DELETE FROM candidate_chunks WHERE task = $task", ("$task", task.ToArray()));
        transaction.Execute("DELETE FROM candidates WHERE task = $task", ("$task", task.ToArray()));
        TaskContent.Remove(transaction, task);
    }

    /// <summary>The trace of an output that was handed in, as far as it is kept.</summary>
    public static KeptTrace? FindTrace(IReadTransaction transaction, StatementPayload payload)
    {
        if (FindInPlace(transaction, payload) is not { } inPlace)
        {
            return null;
        }

        if (inPlace)
        {
            return TraceStore.FindKept(transaction, payload.Task);
        }

        var content = ReadChunks(transaction, payload).Result;
        var hashes = content.TraceHashes.ToArray().Chunk(Digest.SizeBytes).Select(hash => new Digest(hash));
        return KeptTrace.Of(payload.Hash, [.. hashes], content.TraceLeaves);
    }

    private static bool Any(IReadTransaction transaction, TaskId task) => transaction.QueryFirst(
        "SELECT EXISTS (SELECT 1 FROM candidates WHERE task = $task)",
        row => row.Int64(0) == 1,
        ("$task", task.ToArray()));

    private static bool? FindInPlace(IReadTransaction transaction, StatementPayload payload) => transaction.QueryFirst<bool?>(
        "SELECT in_place FROM candidates WHERE task = $task AND output = $output AND trace = $trace",
        row => row.Int64(0) == 1,
        ("$task", payload.Task.ToArray()),
        ("$output", payload.Output.ToArray()),
        ("$trace", payload.TraceRoot.ToArray()));

    private static TaskContent ReadChunks(IReadTransaction transaction, StatementPayload payload)
    {
        using var bytes = new MemoryStream();
        foreach (var chunk in transaction.Query(
            "SELECT content FROM candidate_chunks WHERE task = $task AND output = $output AND trace = $trace ORDER BY number",
            row => row.Bytes(0),
            ("$task", payload.Task.ToArray()),
            ("$output", payload.Output.ToArray()),
            ("$trace", payload.TraceRoot.ToArray())))
        {
            bytes.Write(chunk);
        }

        return ResultContentCodec.TryDecode(bytes.GetBuffer().AsMemory(0, (int)bytes.Length), bytes.Length, out var content, out var fault)
            ? TaskContent.Of(content)
            : throw new InvalidDataException($"A stored output of task {payload.Task} does not decode: {fault}");
    }
}
