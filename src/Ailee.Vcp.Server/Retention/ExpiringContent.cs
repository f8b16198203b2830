namespace Ailee.Vcp.Server.Retention;

/// <summary>Bytes of finished tasks that are taken away when they are old.</summary>
/// <param name="Name">What they are, as metrics and explanations call them.</param>
/// <param name="Table">The table that has a row for each task whose bytes are there.</param>
/// <param name="SizeBytes">SQL: how many bytes that are, without reading them.</param>
/// <param name="Removal">SQL: takes them away from <c>$task</c>.</param>
internal sealed record ExpiringContent(string Name, string Table, string SizeBytes, IReadOnlyList<string> Removal)
{
    /// <summary>Streams and files. Their lengths and digests stay, and what a function returned.</summary>
    public static ExpiringContent Outputs { get; } = new(
        "output",
        "task_outputs",
        "c.stdout_bytes + c.stderr_bytes + (SELECT COALESCE(SUM(f.size_bytes), 0) FROM task_files f WHERE f.task = c.task)",
        [
            """
            INSERT INTO expired_outputs (task, stdout_bytes, stdout_digest, stderr_bytes, stderr_digest, files, results, trap)
            SELECT task, stdout_bytes, stdout_digest, stderr_bytes, stderr_digest, files, COALESCE(results, '[]'), trap FROM task_outputs WHERE task = $task
            """,
            "DELETE FROM task_outputs WHERE task = $task",
            "DELETE FROM task_file_chunks WHERE task = $task",
        ]);

    /// <summary>Hashes and leaves of traces.</summary>
    public static ExpiringContent Traces { get; } = new("trace", "task_traces", "length(c.hashes) + length(c.lengths) + length(c.leaves)", ["DELETE FROM task_traces WHERE task = $task"]);

    /// <summary>Invocations and stdin.</summary>
    public static ExpiringContent Inputs { get; } = new("input", "task_inputs", "length(c.invocation) + length(c.stdin)", ["DELETE FROM task_inputs WHERE task = $task"]);

    /// <summary>Every kind.</summary>
    public static IReadOnlyList<ExpiringContent> All { get; } = [Outputs, Traces, Inputs];
}
