using Ailee.Vcp.Client.Tasks;
using Ailee.Vcp.Core;
using Ailee.Vcp.Server.Storage;

namespace Ailee.Vcp.Server.Tasks;

/// <summary>The SQL of files that came back.</summary>
internal static class TaskFiles
{
    /// <summary>Most files that a task's JSON shows.</summary>
    public const int Shown = 256;

    public static void Add(IWriteTransaction transaction, TaskId id, IReadOnlyList<DecidedFile> files)
    {
        foreach (var file in files)
        {
            transaction.Execute(
                "INSERT INTO task_files (task, path, size_bytes, digest) VALUES ($task, $path, $size, $digest)",
                ("$task", id.ToArray()),
                ("$path", file.Path),
                ("$size", (long)file.Content.Length),
                ("$digest", file.Digest.ToArray()));
            foreach (var (number, content) in ChunkStream.Cut(file.Content))
            {
                transaction.Execute(
                    "INSERT INTO task_file_chunks (task, path, number, content) VALUES ($task, $path, $number, $content)",
                    ("$task", id.ToArray()),
                    ("$path", file.Path),
                    ("$number", number),
                    ("$content", content));
            }
        }
    }

    /// <summary>The files in ascending order of their paths' UTF-8 bytes, which is SQLite's order of text.</summary>
    public static List<TaskFile> List(IReadTransaction transaction, TaskId id, long from, long most) => transaction.Query(
        "SELECT path, size_bytes, digest FROM task_files WHERE task = $task ORDER BY path LIMIT $most OFFSET $from",
        View,
        ("$task", id.ToArray()),
        ("$from", from),
        ("$most", most));

    public static TaskFile? Find(IReadTransaction transaction, TaskId id, string path) =>
        transaction.QueryFirst("SELECT path, size_bytes, digest FROM task_files WHERE task = $task AND path = $path", View, ("$task", id.ToArray()), ("$path", path));

    public static byte[]? FindChunk(IReadTransaction transaction, TaskId id, string path, long number) => transaction.QueryFirst(
        "SELECT content FROM task_file_chunks WHERE task = $task AND path = $path AND number = $number",
        row => row.Bytes(0),
        ("$task", id.ToArray()),
        ("$path", path),
        ("$number", number));

    private static TaskFile View(Row row) => new(row.Text(0), row.Int64(1), row.Digest(2).ToString());
}

/// <summary>A file of a decided task, ready to be stored.</summary>
internal sealed record DecidedFile(string Path, ReadOnlyMemory<byte> Content, Digest Digest);
