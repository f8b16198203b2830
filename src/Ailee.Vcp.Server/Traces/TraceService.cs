using Ailee.Vcp.Client;
using Ailee.Vcp.Client.Tasks;
using Ailee.Vcp.Client.Traces;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Merkle;
using Ailee.Vcp.Core.Traces;
using Ailee.Vcp.Server.Http;
using Ailee.Vcp.Server.Storage;
using Ailee.Vcp.Server.Tasks;

namespace Ailee.Vcp.Server.Traces;

/// <summary>Shows the traces of completed tasks: what is stored, and what was not kept by way of <see cref="TraceRegeneration"/>.</summary>
internal sealed class TraceService(IDatabase database, TraceRegeneration regeneration)
{
    // Below what goes to the large object heap.
    private const int FilePartBytes = 64 * 1024;

    /// <summary>Entries from a place on.</summary>
    public async Task<(Page<TraceEntry>? Page, Problem? Problem)> PageAsync(string caller, TaskId task, TraceCursor after, int limit, CancellationToken cancellationToken)
    {
        if (Find(task, out var trace) is { } missing)
        {
            return (null, missing);
        }

        var (entries, leaf, offset) = (new List<TraceEntry>(), after.Leaf, after.Offset);
        while (entries.Count < limit && leaf < trace.Hashes.Count)
        {
            var (bytes, problem) = await ReadAsync(caller, task, trace, leaf, cancellationToken);
            if (problem is not null)
            {
                return (null, problem);
            }

            var items = Decode(bytes);
            for (; offset < items.Count && entries.Count < limit; offset++)
            {
                entries.Add(TraceEntry.Of(trace.Hash, leaf, offset, items[offset]));
            }

            (leaf, offset) = offset < items.Count ? (leaf, offset) : (leaf + 1, 0);
        }

        return (new Page<TraceEntry>(entries, leaf < trace.Hashes.Count ? new TraceCursor(leaf, offset).ToString() : null), null);
    }

    /// <summary>One leaf's bytes, and its way to the root.</summary>
    public async Task<(TraceLeafView? View, ReadOnlyMemory<byte> Bytes, Problem? Problem)> LeafAsync(string caller, TaskId task, int index, CancellationToken cancellationToken)
    {
        if (Find(task, out var trace) is { } missing)
        {
            return (null, default, missing);
        }

        if (index >= trace.Hashes.Count)
        {
            return (null, default, Problems.TraceLeafNotFound.Because($"It has {trace.Hashes.Count} leaves, counted from 0."));
        }

        if (!trace.Hash.IsSupported)
        {
            return (null, default, Problems.TraceUnavailable.Because(trace.Hash.Unsupported));
        }

        var (bytes, problem) = await ReadAsync(caller, task, trace, index, cancellationToken);
        if (problem is not null)
        {
            return (null, default, problem);
        }

        var proof = InclusionProof.Create(trace.Hashes, index, trace.Hash);
        var view = new TraceLeafView(
            task.ToString(),
            Convert.ToBase64String(bytes.Span),
            trace.Hash.Text(trace.Hashes[index]),
            new InclusionView(proof.Index, proof.Size, [.. proof.Path.Select(trace.Hash.Text)]),
            trace.Hash.Text(KeptTrace.Of(trace.Hash, trace.Hashes, []).Root()),
            [.. Decode(bytes).Select((item, offset) => TraceEntry.Of(trace.Hash, index, offset, item))]);
        return (view, bytes, null);
    }

    /// <summary>The whole trace as a file, with hashes for the leaves that are not kept; read from the database as it is asked for.</summary>
    public (Stream? File, Problem? Problem) File(TaskId task)
    {
        if (Find(task, out var trace) is { } problem)
        {
            return (null, problem);
        }

        // Nothing else of it is held: whoever reads slowly costs one part.
        var (leaves, kept, gaps) = (trace.Lengths.Count, trace.OffsetOf(trace.Lengths.Count), trace.Hashes.Count - trace.Lengths.Count);
        return (new ChunkStream(number => ReadPart(task, kept, leaves, number * FilePartBytes), kept + ((long)gaps * TraceFile.GapBytes), FilePartBytes), null);
    }

    // The kept leaves lie one after the other, and what stands for the others follows.
    private byte[]? ReadPart(TaskId task, long kept, int leaves, long offset) => database.Read(transaction =>
    {
        if (TraceStore.FindRow(transaction, task) is not { } row)
        {
            return null;
        }

        var part = offset < kept ? TraceStore.ReadLeaves(transaction, row, offset, (int)Math.Min(FilePartBytes, kept - offset)) : [];
        if (part.Length == FilePartBytes)
        {
            return part;
        }

        var (skipped, within) = Math.DivRem(offset + part.Length - kept, TraceFile.GapBytes);
        var gaps = TraceFile.Gaps(TraceStore.ReadHashes(transaction, row, leaves + skipped, (FilePartBytes / TraceFile.GapBytes) + 2)).AsSpan();
        gaps = gaps[Math.Min((int)within, gaps.Length)..];
        return [.. part, .. gaps[..Math.Min(gaps.Length, FilePartBytes - part.Length)]];
    });

    private Problem? Find(TaskId task, out StoredTrace trace)
    {
        var (row, found) = database.Read(transaction => (TaskStore.Find(transaction, task), TraceStore.Find(transaction, task)));
        trace = found!;
        return row is null ? Problems.TaskNotFound.Because($"There is no task {task}.")
            : row.State != TaskStates.Completed ? Problems.TaskUndecided.Because($"It is {row.State}.")
            : found is null ? Problems.TraceExpired.Because("Its root is in the statement. Whoever has module and input can make it again: 'vcp run --trace'.")
            : null;
    }

    private async Task<(ReadOnlyMemory<byte> Bytes, Problem? Problem)> ReadAsync(string caller, TaskId task, StoredTrace trace, int leaf, CancellationToken cancellationToken) =>
        leaf < trace.Lengths.Count
            ? (database.Read(transaction => TraceStore.Read(transaction, task, trace.OffsetOf(leaf), trace.Lengths[leaf])), null)
            : await regeneration.FindAsync(caller, task, trace, leaf, cancellationToken);

    private static IReadOnlyList<TraceItem> Decode(ReadOnlyMemory<byte> leaf) =>
        TraceLeaf.TryDecode(leaf, out var fault) ?? throw new InvalidDataException($"A stored leaf does not decode: {fault!.Detail}");
}
