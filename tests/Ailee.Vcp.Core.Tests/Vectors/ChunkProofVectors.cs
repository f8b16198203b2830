using Ailee.Vcp.Core.Merkle;
using Ailee.Vcp.Core.Tests.Merkle;

namespace Ailee.Vcp.Core.Tests.Vectors;

/// <summary>chunk-proofs.json: proofs of ranges of blobs, and proofs that must not verify.</summary>
internal sealed record ChunkProofVectors(IReadOnlyList<ChunkProofVector> Proofs, IReadOnlyList<ChunkProofVector> InvalidProofs)
{
    public static ChunkProofVectors All { get; } = new(Valid(), Invalid());

    private static ChunkProofVector[] Valid() =>
    [
        Of("nothing of nothing", 0, 0, 0),
        Of("the only byte", 1, 0, 1),
        Of("a whole chunk", 65_536, 0, 65_536),
        Of("last byte of the first chunk", 65_537, 65_535, 1),
        Of("the second chunk, of one byte", 65_537, 65_536, 1),
        Of("two bytes across a border", 196_608, 65_535, 2),
        Of("the middle chunk", 196_608, 65_536, 65_536),
        Of("an odd last chunk", 196_608, 131_072, 1),
        Of("all eight chunks", 500_000, 0, 500_000),
        Of("the short last chunk", 500_000, 499_999, 1),
        Of("three of eleven chunks", 700_000, 400_000, 150_000),
    ];

    private static ChunkProofVector[] Invalid()
    {
        const int Length = 500_000;
        var proof = Of(string.Empty, Length, 131_073, 131_072);
        var (first, second, third) = (proof.Chunks[0], proof.Chunks[1], proof.Chunks[2]);
        var last = Of(string.Empty, Length, 499_999, 1);
        var nothing = Of(string.Empty, 0, 0, 0);
        return
        [
            proof with { Name = "a byte changed", Chunks = [first, second with { FlippedByte = 40_000 }, third] },
            proof with { Name = "bytes of the next chunk", Chunks = [first with { DataFrom = third.DataFrom, DataTo = third.DataTo }, second, third] },
            proof with { Name = "path of the next chunk", Chunks = [first with { Path = second.Path }, second, third] },
            proof with { Name = "path without its last hash", Chunks = [first with { Path = [.. first.Path.SkipLast(1)] }, second, third] },
            proof with { Name = "path with one hash more", Chunks = [first with { Path = [.. first.Path, proof.Root] }, second, third] },
            proof with { Name = "no path", Chunks = [first with { Path = [] }, second, third] },
            proof with { Name = "index of the next chunk", Chunks = [first with { Index = second.Index }, second, third] },
            proof with { Name = "index beyond the blob", Chunks = [first, second, third with { Index = 8 }] },
            proof with { Name = "negative index", Chunks = [first with { Index = -1 }, second, third] },
            proof with { Name = "first chunk missing", Chunks = [second, third] },
            proof with { Name = "last chunk missing", Chunks = [first, second] },
            proof with { Name = "no chunks", Chunks = [] },
            proof with { Name = "a chunk twice", Chunks = [first, first, third] },
            proof with { Name = "a chunk too many", Chunks = [first, second, third, third] },
            proof with { Name = "chunks swapped", Chunks = [second, first, third] },
            proof with { Name = "range of other chunks", Offset = proof.Offset + 65_536 },
            proof with { Name = "range longer than the blob", Length = Length },
            proof with { Name = "range of no bytes", Length = 0 },
            proof with { Name = "range of negative length", Length = -1 },
            proof with { Name = "range before the blob", Offset = -1 },
            proof with { Name = "absurd range", Offset = (1L << 53) - 1, Length = (1L << 53) - 1 },
            proof with { Name = "root of another blob", Root = Of(string.Empty, Length - 1, 0, 1).Root },
            last with { Name = "last chunk a byte short", Chunks = [last.Chunks[0] with { DataTo = Length - 1 }] },
            last with { Name = "last chunk without bytes", Chunks = [last.Chunks[0] with { DataFrom = Length }] },
            last with { Name = "blob a byte longer than its last chunk", BlobLength = Length + 1 },
            last with { Name = "blob of negative length", BlobLength = -1 },
            nothing with { Name = "nothing, under the root of something", Root = last.Root },
            nothing with { Name = "nothing, and a chunk", Chunks = [new ChunkVector(0, 0, 0, null, [])] },
            nothing with { Name = "nothing, and a byte of it", Length = 1 },
        ];
    }

    private static ChunkProofVector Of(string name, int length, int offset, int count)
    {
        var proof = BlobProofs.Of(ChunkProofVector.Data(length), offset, count);
        return new ChunkProofVector(name, length, proof.Blob.Root.ToHex(), proof.Offset, proof.Length, [.. proof.Chunks.Select(chunk => ChunkVector.Of(chunk))]);
    }
}

/// <summary>A proof of <paramref name="Length"/> bytes from <paramref name="Offset"/> of the blob <c>[BlobLength, Root]</c>.</summary>
internal sealed record ChunkProofVector(string Name, long BlobLength, string Root, long Offset, long Length, IReadOnlyList<ChunkVector> Chunks)
{
    // 251 is prime, so that no chunk equals another.
    public static byte[] Data(int length) => [.. Enumerable.Range(0, length).Select(index => (byte)(index % 251))];

    public BlobProof ToProof() => new(new Blob(BlobLength, new Digest(VectorFile.Bytes(Root))), Offset, Length, [.. Chunks.Select(chunk => chunk.ToChunk())]);
}

/// <summary>
/// A chunk. Its bytes are those of the data (the numbers 0 to 250, repeated) from <paramref name="DataFrom"/> to before
/// <paramref name="DataTo"/>, and the lowest bit of that at <paramref name="FlippedByte"/> is changed.
/// </summary>
internal sealed record ChunkVector(long Index, int DataFrom, int DataTo, int? FlippedByte, IReadOnlyList<string> Path)
{
    public static ChunkVector Of(BlobChunk chunk)
    {
        var from = (int)ChunkRange.OffsetOf(chunk.Index);
        return new ChunkVector(chunk.Index, from, from + chunk.Bytes.Length, null, [.. chunk.Path.Select(hash => hash.ToHex())]);
    }

    public BlobChunk ToChunk()
    {
        ReadOnlyMemory<byte> bytes = ChunkProofVector.Data(DataTo).AsMemory(DataFrom);
        return new BlobChunk(Index, FlippedByte is { } at ? BlobProofs.Flipped(bytes, at) : bytes, [.. Path.Select(hash => new Digest(VectorFile.Bytes(hash)))]);
    }
}
