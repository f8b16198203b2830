using Ailee.Vcp.Client.Tasks;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Core.Merkle;
using Ailee.Vcp.Server.Http;
using Ailee.Vcp.Server.Storage;

namespace Ailee.Vcp.Server.Tasks;

/// <summary>
/// Shows parts of outputs with their paths. The hashes beside a path are those of the rest, which is read for them once, a chunk at a time.
/// </summary>
internal sealed class OutputProofs(IDatabase database, TaskService service)
{
    /// <summary>Most chunks in one answer.</summary>
    public const int MaxChunks = 64;

    /// <summary>A part of an output of a completed task.</summary>
    /// <param name="id">The task.</param>
    /// <param name="name">Which stream or file.</param>
    /// <param name="offset">Where the part begins.</param>
    /// <param name="length">How many bytes it has; null for all that follow.</param>
    public (OutputProofView? View, Problem? Problem) Prove(TaskId id, OutputBlobName name, long offset, long? length)
    {
        var (task, record) = database.Read(transaction => (TaskStore.Find(transaction, id)!, TaskOutputs.FindRecord(transaction, id)));
        if (record is null)
        {
            return (null, TaskService.Expired());
        }

        var output = OutputRecord.TryDecode(record, out var fault) ?? throw new InvalidDataException($"A stored output does not decode: {fault!.Detail}");
        if (name.FindIn(output) is not { } blob)
        {
            return (null, Problems.FileNotFound.Because("GET /tasks/{id}/files lists what came back."));
        }

        var sizeBytes = length ?? (blob.Length - offset);
        if (ChunkRange.Of(blob.Length, offset, sizeBytes) is not { } range)
        {
            return (null, Problems.RangeInvalid.Because($"It has {blob.Length} bytes."));
        }

        if (range.Count > MaxChunks)
        {
            return (null, Problems.RangeTooLarge.Because($"They lie in {range.Count} chunks of {Blob.ChunkSizeBytes} bytes; ask for {MaxChunks} at a time."));
        }

        var view = new OutputProofView
        {
            Proof = new Digest(task.Proof).ToString(),
            Record = record,
            Blob = new OutputBlobView { Stream = name.Stream, File = name.File, SizeBytes = blob.Length, Root = task.Hash.Text(blob.Root) },
            Offset = offset,
            SizeBytes = sizeBytes,
            Chunks = Chunks(task.Hash, Open(id, name), blob, range),
        };
        return (view, null);
    }

    private ChunkStream Open(TaskId id, OutputBlobName name) => name.File is { } path
        ? service.OpenFile(id, service.FindFile(id, path) ?? throw new InvalidDataException("A file of a stored output is not there."))
        : service.OpenStream(id, name.Stream!)?.Content ?? throw new InvalidDataException("A stream of a stored output is not there.");

    private static List<OutputChunkView> Chunks(ContentHash hash, ChunkStream content, Blob blob, ChunkRange range)
    {
        var hashes = new Digest[ChunkRange.CountOf(blob.Length)];
        var shown = new List<byte[]>();
        var buffer = new byte[Blob.ChunkSizeBytes];
        for (var index = 0; index < hashes.Length; index++)
        {
            var chunk = buffer.AsSpan(0, ChunkRange.LengthOf(blob.Length, index));
            content.ReadExactly(chunk);
            hashes[index] = hash.Leaf(chunk);
            if (index >= range.First && index < range.First + range.Count)
            {
                shown.Add(chunk.ToArray());
            }
        }

        var tree = new ChunkTree(hashes, hash);
        if (tree.Root != blob.Root)
        {
            throw new InvalidDataException("A stored output is not the one that its record commits to.");
        }

        return [.. shown.Select((bytes, number) => new OutputChunkView
        {
            Index = range.First + number,
            Bytes = bytes,
            Path = [.. tree.PathOf(range.First + number).Select(hash.Text)],
        })];
    }
}
