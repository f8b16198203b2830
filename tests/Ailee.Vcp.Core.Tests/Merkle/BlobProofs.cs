using Ailee.Vcp.Core.Merkle;

namespace Ailee.Vcp.Core.Tests.Merkle;

/// <summary>Proofs of parts of bytes at hand.</summary>
internal static class BlobProofs
{
    /// <summary>The honest proof of a range.</summary>
    public static BlobProof Of(ReadOnlyMemory<byte> data, long offset, long length)
    {
        var range = ChunkRange.Of(data.Length, offset, length)!.Value;
        var tree = new ChunkTree([.. Enumerable.Range(0, (int)ChunkRange.CountOf(data.Length)).Select(index => MerkleHash.Leaf(ChunkOf(data, index).Span))]);
        var chunks = Enumerable.Range((int)range.First, (int)range.Count).Select(index => new BlobChunk(index, ChunkOf(data, index), tree.PathOf(index)));
        return new BlobProof(Blob.Of(data.Span), offset, length, [.. chunks]);
    }

    public static ReadOnlyMemory<byte> ChunkOf(ReadOnlyMemory<byte> data, int index) =>
        data.Slice((int)ChunkRange.OffsetOf(index), ChunkRange.LengthOf(data.Length, index));

    /// <summary>The proof with one of its chunks changed.</summary>
    public static BlobProof With(this BlobProof proof, int number, Func<BlobChunk, BlobChunk> change) =>
        proof with { Chunks = [.. proof.Chunks.Select((chunk, at) => at == number ? change(chunk) : chunk)] };

    /// <summary>The bytes with one bit changed.</summary>
    public static ReadOnlyMemory<byte> Flipped(ReadOnlyMemory<byte> bytes, int at)
    {
        var copy = bytes.ToArray();
        copy[at] ^= 1;
        return copy;
    }
}
