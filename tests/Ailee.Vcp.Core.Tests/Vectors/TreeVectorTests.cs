using Ailee.Vcp.Core.Merkle;
using Ailee.Vcp.Core.Tests.Merkle;
using static Ailee.Vcp.Core.Tests.Vectors.VectorFile;

namespace Ailee.Vcp.Core.Tests.Vectors;

public sealed class TreeVectorTests
{
    private const string MerkleFile = "merkle.json";
    private const string BlobFile = "blobs.json";

    [Fact]
    public void Generate_Trees_ReproducesTheFile() => AssertIs(MerkleFile, MerkleVectors.All);

    [Fact]
    public void Generate_Blobs_ReproducesTheFile() => AssertIs(BlobFile, BlobVector.All);

    [Fact]
    public void Verify_EveryTree_HasItsRootAndProofs() => Assert.All(Read<MerkleVectors>(MerkleFile).Trees, tree =>
    {
        var leaves = tree.LeavesHex.Select(Bytes).ToArray();

        Assert.Equal(tree.Root, Hex(NaiveMerkle.Root(leaves)));
        Assert.Equal(leaves.Length, tree.Proofs.Count);
        Assert.All(tree.Proofs, proof =>
        {
            var path = new InclusionProof(proof.Index, leaves.Length, [.. proof.Path.Select(hash => new Digest(Bytes(hash)))]);

            Assert.True(path.Verify(MerkleHash.Leaf(leaves[proof.Index]), new Digest(Bytes(tree.Root))));
        });
    });

    [Fact]
    public void Verify_EveryInvalidProof_Fails()
    {
        var proofs = Read<MerkleVectors>(MerkleFile).InvalidProofs;

        Assert.NotEmpty(proofs);
        Assert.All(proofs, vector =>
        {
            var proof = new InclusionProof(vector.Index, vector.Size, [.. vector.Path.Select(hash => new Digest(Bytes(hash)))]);

            Assert.False(proof.Verify(new Digest(Bytes(vector.LeafHash)), new Digest(Bytes(vector.Root))), vector.Name);
        });
    }

    [Fact]
    public void Of_EveryBlob_HasItsRoot() => Assert.All(Read<BlobVector[]>(BlobFile), vector =>
    {
        var data = vector.Data();

        var blob = Blob.Of(data);

        Assert.Equal((vector.Length, vector.Root), (blob.Length, blob.Root.ToHex()));
        Assert.Equal(vector.Root, Hex(NaiveMerkle.Root(data.Chunk(65_536).ToArray())));
        Assert.Equal(vector.Chunks, data.Chunk(65_536).Count());
    });
}
