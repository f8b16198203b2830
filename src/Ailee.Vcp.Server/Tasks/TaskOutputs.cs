using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Server.Storage;

namespace Ailee.Vcp.Server.Tasks;

/// <summary>The SQL of outputs. Large ones stay out of JSON and are read by themselves.</summary>
internal static class TaskOutputs
{
    /// <summary>Most bytes of a stream that a task's JSON shows.</summary>
    public const int ShownBytes = 64 * 1024;

    public static void Add(IWriteTransaction transaction, TaskId id, DecidedOutput output) => transaction.Execute(
        """
        INSERT INTO task_outputs (task, stdout_bytes, stdout_digest, stderr_bytes, stderr_digest, files, results, trap, stdout, stderr, record)
        VALUES ($id, length($stdout), $stdoutDigest, length($stderr), $stderrDigest, $files, $results, $trap, $stdout, $stderr, $record)
        """,
        ("$id", id.ToArray()),
        ("$files", (long)output.Files.Count),
        ("$results", output.Results),
        ("$trap", output.Trap),
        ("$record", output.Record),
        ("$stdout", output.Stdout),
        ("$stderr", output.Stderr),
        ("$stdoutDigest", output.StdoutDigest.ToArray()),
        ("$stderrDigest", output.StderrDigest.ToArray()));

    public static ShownOutput? FindShown(IReadTransaction transaction, TaskId id) => transaction.QueryFirst(
        """
        SELECT stdout_bytes, stdout_digest, CASE WHEN stdout_bytes <= $shown THEN stdout END,
               stderr_bytes, stderr_digest, CASE WHEN stderr_bytes <= $shown THEN stderr END,
               files, results, trap, CASE WHEN results IS NULL THEN record END
        FROM task_outputs WHERE task = $id
        """,
        row => new ShownOutput(
            new ShownStream(row.Int64(0), row.Digest(1), row.IsNull(2) ? null : row.Bytes(2)),
            new ShownStream(row.Int64(3), row.Digest(4), row.IsNull(5) ? null : row.Bytes(5)),
            row.Int64(6),
            row.NullableText(7),
            row.NullableText(8),
            row.IsNull(9) ? null : row.Bytes(9)),
        ("$shown", (long)ShownBytes),
        ("$id", id.ToArray())) ?? FindExpired(transaction, id);

    /// <summary>Whether the bytes were taken away because of their age.</summary>
    public static bool IsExpired(IReadTransaction transaction, TaskId id) =>
        transaction.QueryFirst("SELECT EXISTS (SELECT 1 FROM expired_outputs WHERE task = $id)", row => row.Int64(0) == 1, ("$id", id.ToArray()));

    public static byte[]? FindRecord(IReadTransaction transaction, TaskId id) =>
        transaction.QueryFirst("SELECT record FROM task_outputs WHERE task = $id", row => row.Bytes(0), ("$id", id.ToArray()));

    /// <summary>The trap that ended the guest; null if none did.</summary>
    public static string? FindTrap(IReadTransaction transaction, TaskId id) =>
        transaction.QueryFirst("SELECT trap FROM task_outputs WHERE task = $id", row => row.NullableText(0), ("$id", id.ToArray()));

    /// <summary>How many bytes a stream has, and their SHA-256; null if the task has no output.</summary>
    /// <param name="transaction">The database.</param>
    /// <param name="id">The task.</param>
    /// <param name="stream">Name of a stream, as <see cref="OutputBlobName.Stream"/> has it.</param>
    public static (long SizeBytes, Digest Digest)? FindStream(IReadTransaction transaction, TaskId id, string stream) => transaction.QueryFirst<(long, Digest)?>(
        $"SELECT {stream}_bytes, {stream}_digest FROM task_outputs WHERE task = $id",
        row => (row.Int64(0), row.Digest(1)),
        ("$id", id.ToArray()));

    private static ShownOutput? FindExpired(IReadTransaction transaction, TaskId id) => transaction.QueryFirst(
        "SELECT stdout_bytes, stdout_digest, stderr_bytes, stderr_digest, files, results, trap FROM expired_outputs WHERE task = $id",
        row => new ShownOutput(new ShownStream(row.Int64(0), row.Digest(1), null), new ShownStream(row.Int64(2), row.Digest(3), null), row.Int64(4), row.Text(5), row.NullableText(6), null)
        {
            IsExpired = true,
        },
        ("$id", id.ToArray()));

    /// <summary>A part of a stream; null if the task has no output.</summary>
    public static byte[]? ReadStream(IReadTransaction transaction, TaskId id, string stream, long offset, int length) =>
        transaction.QueryFirst<long?>("SELECT rowid FROM task_outputs WHERE task = $id", row => row.Int64(0), ("$id", id.ToArray())) is { } row
            ? transaction.ReadBlob("task_outputs", stream, row, offset, length)
            : null;
}

/// <summary>The output of a decided task, ready to be stored.</summary>
internal sealed record DecidedOutput(byte[] Record, byte[] Stdout, byte[] Stderr, Digest StdoutDigest, Digest StderrDigest, IReadOnlyList<DecidedFile> Files)
{
    /// <summary>What the record says of results, as JSON.</summary>
    public required string Results { get; init; }

    /// <summary>The trap that the record names, or null.</summary>
    public string? Trap { get; init; }
}

/// <summary>The part of an output that a task's JSON shows.</summary>
/// <param name="Stdout">Standard output.</param>
/// <param name="Stderr">Standard error.</param>
/// <param name="Files">How many files came back.</param>
/// <param name="Results">JSON, or null if only the record says them.</param>
/// <param name="Trap">The trap's name; null if there is none, or if only the record says it.</param>
/// <param name="Record">The record if it is needed for results and trap, otherwise null.</param>
internal sealed record ShownOutput(ShownStream Stdout, ShownStream Stderr, long Files, string? Results, string? Trap, byte[]? Record)
{
    /// <summary>Whether the bytes were taken away because of their age.</summary>
    public bool IsExpired { get; init; }
}

/// <summary>A stream; its bytes are null if they are too many to show.</summary>
internal sealed record ShownStream(long SizeBytes, Digest Digest, byte[]? Bytes);
