namespace Ailee.Vcp.Core.Merkle;

/// <summary>Shows that bytes stand at a range of a blob, without the rest of it.</summary>
/// <param name="Blob">The blob: from where it is signed, not from whoever gives the proof.</param>
/// <param name="Offset">Where the range begins.</param>
/// <param name="Length">How many bytes it has; 0 only for the whole of a blob without bytes.</param>
/// <param name="Chunks">Every chunk that the range touches, whole, in order.</param>
public sealed record BlobProof(Blob Blob, long Offset, long Length, IReadOnlyList<BlobChunk> Chunks)
{
    /// <summary>Checks the proof. Takes anything and does not throw.</summary>
    /// <param name="problem">A sentence that says why it fails; empty if it does not.</param>
    /// <param name="hash">The hash of the blob; null for SHA-256.</param>
    public bool Verify(out string problem, ContentHash? hash = null)
    {
        problem = FindProblem(hash ?? ContentHash.Sha256) ?? string.Empty;
        return problem.Length == 0;
    }

    private string? FindProblem(ContentHash hash)
    {
        if (ChunkRange.Of(Blob.Length, Offset, Length) is not { } range)
        {
            return $"{Length} bytes from {Offset} are no part of {Blob.Length} bytes.";
        }

        if (Chunks.Count != range.Count)
        {
            return $"The range touches {range.Count} chunks, {Chunks.Count} are given.";
        }

        return range.Count == 0
            ? Blob.Root == hash.Empty ? null : "A blob without bytes has another root."
            : Chunks.Select((chunk, number) => FindProblem(hash, chunk, range.First + number)).FirstOrDefault(problem => problem is not null);
    }

    private string? FindProblem(ContentHash hash, BlobChunk chunk, long index)
    {
        var inclusion = new InclusionProof(index, ChunkRange.CountOf(Blob.Length), chunk.Path);
        return chunk.Index != index ? $"Chunk {index} is due, chunk {chunk.Index} is given."
            : chunk.Bytes.Length != ChunkRange.LengthOf(Blob.Length, index) ? $"Chunk {index} has {chunk.Bytes.Length} bytes instead of {ChunkRange.LengthOf(Blob.Length, index)}."
            : !inclusion.Verify(hash.Leaf(chunk.Bytes.Span), Blob.Root, hash) ? $"The path of chunk {index} does not lead from these bytes to the root."
            : null;
    }
}

/// <summary>A chunk of a blob and its way to the root.</summary>
/// <param name="Index">Index of the chunk, from 0.</param>
/// <param name="Bytes">Its bytes.</param>
/// <param name="Path">Sibling hashes from the chunk up to the root.</param>
public sealed record BlobChunk(long Index, ReadOnlyMemory<byte> Bytes, IReadOnlyList<Digest> Path);
