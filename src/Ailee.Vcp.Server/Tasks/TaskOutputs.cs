using Ailee.Vcp.Core;
using Ailee.Vcp.Server.Storage;

namespace Ailee.Vcp.Server.Tasks;

/// <summary>The SQL of outputs. Large ones stay out of JSON and are read by themselves.</summary>
internal static class TaskOutputs
{
    /// <summary>Most bytes of a stream that a task's JSON shows.</summary>
    public const int ShownBytes = 64 * 1024;

    public static void Add(IWriteTransaction transaction, TaskId id, DecidedOutput output) => transaction.Execute(
        "INSERT INTO task_outputs (task, record, stdout, stderr, stdout_digest, stderr_digest) VALUES ($id, $record, $stdout, $stderr, $stdoutDigest, $stderrDigest)",
        ("$id", id.ToArray()),
        ("$record", output.Record),
        ("$stdout", output.Stdout),
        ("$stderr", output.Stderr),
        ("$stdoutDigest", output.StdoutDigest.ToArray()),
        ("$stderrDigest", output.StderrDigest.ToArray()));

    public static ShownOutput? FindShown(IReadTransaction transaction, TaskId id) => transaction.QueryFirst(
        """
        SELECT record, length(stdout), stdout_digest, CASE WHEN length(stdout) <= $shown THEN stdout END,
               length(stderr), stderr_digest, CASE WHEN length(stderr) <= $shown THEN stderr END
        FROM task_outputs WHERE task = $id
        """,
        row => new ShownOutput(
            row.Bytes(0),
            new ShownStream(row.Int64(1), row.Digest(2), row.IsNull(3) ? null : row.Bytes(3)),
            new ShownStream(row.Int64(4), row.Digest(5), row.IsNull(6) ? null : row.Bytes(6))),
        ("$shown", (long)ShownBytes),
        ("$id", id.ToArray()));

    public static byte[]? FindRecord(IReadTransaction transaction, TaskId id) =>
        transaction.QueryFirst("SELECT record FROM task_outputs WHERE task = $id", row => row.Bytes(0), ("$id", id.ToArray()));

    public static byte[]? FindStdout(IReadTransaction transaction, TaskId id) =>
        transaction.QueryFirst("SELECT stdout FROM task_outputs WHERE task = $id", row => row.Bytes(0), ("$id", id.ToArray()));
}

/// <summary>The output of a decided task, ready to be stored.</summary>
internal sealed record DecidedOutput(byte[] Record, byte[] Stdout, byte[] Stderr, Digest StdoutDigest, Digest StderrDigest, IReadOnlyList<DecidedFile> Files);

/// <summary>The part of an output that a task's JSON shows.</summary>
internal sealed record ShownOutput(byte[] Record, ShownStream Stdout, ShownStream Stderr);

/// <summary>A stream; its bytes are null if they are too many to show.</summary>
internal sealed record ShownStream(long SizeBytes, Digest Digest, byte[]? Bytes);
