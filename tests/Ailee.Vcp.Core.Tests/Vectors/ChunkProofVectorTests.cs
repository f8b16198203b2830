using static Ailee.Vcp.Core.Tests.Vectors.VectorFile;

namespace Ailee.Vcp.Core.Tests.Vectors;

public sealed class ChunkProofVectorTests
{
    private const string ChunkProofFile = "chunk-proofs.json";

    [Fact]
    public void Generate_ChunkProofs_ReproducesTheFile() => AssertIs(ChunkProofFile, ChunkProofVectors.All);

    [Fact]
    public void Verify_EveryProof_Holds() => Assert.All(Read<ChunkProofVectors>(ChunkProofFile).Proofs, vector =>
        Assert.True(vector.ToProof().Verify(out var problem), $"{vector.Name}: {problem}"));

    [Fact]
    public void Verify_EveryInvalidProof_Fails()
    {
        var vectors = Read<ChunkProofVectors>(ChunkProofFile).InvalidProofs;

        Assert.True(vectors.Count >= 20);
        Assert.All(vectors, vector => Assert.False(vector.ToProof().Verify(out _), vector.Name));
    }
}
