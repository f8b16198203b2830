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
    /// <summary>Entries from a place on.</summary>
    public async Task<(Page<TraceEntry>? Page, Problem? Problem)> PageAsync(TaskId task, TraceCursor after, int limit, CancellationToken cancellationToken)
    {
        if (Find(task, out var trace) is { } missing)
        {
            return (null, missing);
        }

        var (entries, leaf, offset) = (new List<TraceEntry>(), after.Leaf, after.Offset);
        while (entries.Count < limit && leaf < trace.Hashes.Count)
        {
            var (bytes, problem) = await ReadAsync(task, trace, leaf, cancellationToken);
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
    public async Task<(TraceLeafView? View, ReadOnlyMemory<byte> Bytes, Problem? Problem)> LeafAsync(TaskId task, int index, CancellationToken cancellationToken)
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

        var (bytes, problem) = await ReadAsync(task, trace, index, cancellationToken);
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

    /// <summary>The whole trace as a file, with hashes for the leaves that are not kept.</summary>
    public (byte[]? File, Problem? Problem) File(TaskId task)
    {
        if (Find(task, out var trace) is { } problem)
        {
            return (null, problem);
        }

        ReadOnlyMemory<byte> kept = database.Read(transaction => TraceStore.ReadAll(transaction, task));
        var leaves = new List<ReadOnlyMemory<byte>>();
        foreach (var length in trace.Lengths)
        {
            leaves.Add(kept[..length]);
            kept = kept[length..];
        }

        using var file = new MemoryStream();
        TraceFile.Write(file, KeptTrace.Of(trace.Hash, trace.Hashes, leaves));
        return (file.ToArray(), null);
    }

    private Problem? Find(TaskId task, out StoredTrace trace)
    {
        var (row, found) = database.Read(transaction => (TaskStore.Find(transaction, task), TraceStore.Find(transaction, task)));
        trace = found!;
        return row is null ? Problems.TaskNotFound.Because($"There is no task {task}.")
            : row.State != TaskStates.Completed ? Problems.TaskUndecided.Because($"It is {row.State}.")
            : found is null ? Problems.TraceExpired.Because("Its root is in the statement. Whoever has module and input can make it again: 'vcp run --trace'.")
            : null;
    }

    private async Task<(ReadOnlyMemory<byte> Bytes, Problem? Problem)> ReadAsync(TaskId task, StoredTrace trace, int leaf, CancellationToken cancellationToken) =>
        leaf < trace.Lengths.Count
            ? (database.Read(transaction => TraceStore.Read(transaction, task, trace.OffsetOf(leaf), trace.Lengths[leaf])), null)
            : await regeneration.FindAsync(task, trace, leaf, cancellationToken);

    private static IReadOnlyList<TraceItem> Decode(ReadOnlyMemory<byte> leaf) =>
        TraceLeaf.TryDecode(leaf, out var fault) ?? throw new InvalidDataException($"A stored leaf does not decode: {fault!.Detail}");
}
