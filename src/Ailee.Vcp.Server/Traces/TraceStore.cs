using System.Buffers.Binary;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Traces;
using Ailee.Vcp.Server.Storage;

namespace Ailee.Vcp.Server.Traces;

/// <summary>The SQL of traces. A row has all hashes and the first leaves.</summary>
internal static class TraceStore
{
    public static void Add(IWriteTransaction transaction, TaskId task, DecidedTrace trace) => transaction.Execute(
        "INSERT INTO task_traces (task, hashes, lengths, leaves) VALUES ($task, $hashes, $lengths, $leaves)",
        ("$task", task.ToArray()),
        ("$hashes", trace.Hashes),
        ("$lengths", trace.Lengths),
        ("$leaves", trace.Leaves));

    public static StoredTrace? Find(IReadTransaction transaction, TaskId task) => transaction.QueryFirst(
        "SELECT hashes, lengths, (SELECT hash FROM tasks WHERE id = $task) FROM task_traces WHERE task = $task",
        row => new StoredTrace(row.Hash(2), ReadHashes(row.Bytes(0)), ReadLengths(row.Bytes(1))),
        ("$task", task.ToArray()));

    /// <summary>A part of the kept leaves.</summary>
    public static byte[] Read(IReadTransaction transaction, TaskId task, long offset, int length) => transaction.QueryFirst(
        "SELECT substr(leaves, $start, $length) FROM task_traces WHERE task = $task",
        row => row.Bytes(0),
        ("$start", offset + 1),
        ("$length", (long)length),
        ("$task", task.ToArray()))!;

    /// <summary>The row of a trace, to read parts of it; null if there is none.</summary>
    public static long? FindRow(IReadTransaction transaction, TaskId task) =>
        transaction.QueryFirst<long?>("SELECT rowid FROM task_traces WHERE task = $task", row => row.Int64(0), ("$task", task.ToArray()));

    /// <summary>Some bytes of the kept leaves, without reading the others.</summary>
    public static byte[] ReadLeaves(IReadTransaction transaction, long row, long offset, int length) => transaction.ReadBlob("task_traces", "leaves", row, offset, length);

    /// <summary>So many hashes from one on, or as many as there are, one after the other.</summary>
    public static byte[] ReadHashes(IReadTransaction transaction, long row, long first, int count) =>
        transaction.ReadBlob("task_traces", "hashes", row, first * Digest.SizeBytes, count * Digest.SizeBytes);

    /// <summary>The trace as far as it is kept; null if there is none.</summary>
    public static KeptTrace? FindKept(IReadTransaction transaction, TaskId task)
    {
        if (Find(transaction, task) is not { } stored)
        {
            return null;
        }

        var (leaves, offset) = (ReadAll(transaction, task).AsMemory(), 0);
        return KeptTrace.Of(stored.Hash, stored.Hashes, [.. stored.Lengths.Select(length => (ReadOnlyMemory<byte>)leaves.Slice((offset += length) - length, length))]);
    }

    private static byte[] ReadAll(IReadTransaction transaction, TaskId task) =>
        transaction.QueryFirst("SELECT leaves FROM task_traces WHERE task = $task", row => row.Bytes(0), ("$task", task.ToArray()))!;

    private static Digest[] ReadHashes(byte[] bytes) => [.. bytes.Chunk(Digest.SizeBytes).Select(hash => new Digest(hash))];

    private static int[] ReadLengths(byte[] bytes) => [.. bytes.Chunk(sizeof(int)).Select(length => BinaryPrimitives.ReadInt32BigEndian(length))];
}

/// <summary>A trace as it is stored.</summary>
/// <param name="Hash">The hash of its tree.</param>
/// <param name="Hashes">The hash of every leaf.</param>
/// <param name="Lengths">The lengths of the leaves that are kept, which are the first.</param>
internal sealed record StoredTrace(ContentHash Hash, IReadOnlyList<Digest> Hashes, IReadOnlyList<int> Lengths)
{
    /// <summary>Where a kept leaf begins.</summary>
    public long OffsetOf(int leaf) => Lengths.Take(leaf).Sum(length => (long)length);
}

/// <summary>The trace of a decided task, ready to be stored.</summary>
internal sealed record DecidedTrace(byte[] Hashes, byte[] Lengths, byte[] Leaves)
{
    public static DecidedTrace Of(ReadOnlyMemory<byte> hashes, IReadOnlyList<ReadOnlyMemory<byte>> kept)
    {
        var lengths = new byte[kept.Count * sizeof(int)];
        var leaves = new byte[kept.Sum(leaf => leaf.Length)];
        var offset = 0;
        for (var i = 0; i < kept.Count; i++)
        {
            BinaryPrimitives.WriteInt32BigEndian(lengths.AsSpan(i * sizeof(int)), kept[i].Length);
            kept[i].Span.CopyTo(leaves.AsSpan(offset));
            offset += kept[i].Length;
        }

        return new DecidedTrace(hashes.ToArray(), lengths, leaves);
    }
}
