using Ailee.Vcp.Core.Merkle;
using Ailee.Vcp.Core.Tests.Merkle;

namespace Ailee.Vcp.Core.Tests.Vectors;

/// <summary>merkle.json: trees with a proof for every leaf, and proofs that must not verify.</summary>
internal sealed record MerkleVectors(IReadOnlyList<TreeVector> Trees, IReadOnlyList<InvalidProofVector> InvalidProofs)
{
    // The leaves that the Certificate Transparency implementations test with.
    private static readonly string[] PublishedLeaves =
        ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];

    public static MerkleVectors All { get; } = new(
        [
            .. Enumerable.Range(0, PublishedLeaves.Length + 1).Select(Published),
            TreeVector.Of("13 leaves", NaiveMerkle.Leaves(13)),
        ],
        InvalidProofVector.Of(NaiveMerkle.Leaves(13)));

    private static TreeVector Published(int size) =>
        TreeVector.Of($"certificate transparency, {size} leaves", [.. PublishedLeaves.Take(size).Select(Convert.FromHexString)]);
}

internal sealed record TreeVector(string Name, IReadOnlyList<string> LeavesHex, string Root, IReadOnlyList<ProofVector> Proofs)
{
    public static TreeVector Of(string name, byte[][] leaves)
    {
        var tree = new MerkleTreeBuilder();
        Digest[] hashes = [.. leaves.Select(leaf => MerkleHash.Leaf(leaf))];
        foreach (var hash in hashes)
        {
            tree.Append(hash);
        }

        return new TreeVector(
            name,
            [.. leaves.Select(leaf => VectorFile.Hex(leaf))],
            tree.Root().ToHex(),
            [.. hashes.Select((_, index) => ProofVector.Of(InclusionProof.Create(hashes, index)))]);
    }
}

internal sealed record ProofVector(long Index, IReadOnlyList<string> Path)
{
    public static ProofVector Of(InclusionProof proof) => new(proof.Index, [.. proof.Path.Select(hash => hash.ToHex())]);
}

internal sealed record InvalidProofVector(string Name, long Index, long Size, string LeafHash, IReadOnlyList<string> Path, string Root)
{
    public static IReadOnlyList<InvalidProofVector> Of(byte[][] leaves)
    {
        Digest[] hashes = [.. leaves.Select(leaf => MerkleHash.Leaf(leaf))];
        var (size, last) = (leaves.Length, leaves.Length - 1);
        var (root, rootOfTwo) = (new Digest(NaiveMerkle.Root(leaves)), new Digest(NaiveMerkle.Root(leaves.AsSpan(0, 2))));
        var (sixth, odd) = (InclusionProof.Create(hashes, 5), InclusionProof.Create(hashes, last));
        return
        [
            Of("hash of another leaf", sixth, hashes[6], root),
            Of("index of the next leaf", sixth with { Index = 6 }, hashes[5], root),
            Of("index beyond the tree", sixth with { Index = size }, hashes[5], root),
            Of("negative index", sixth with { Index = -1 }, hashes[5], root),
            Of("size 0", sixth with { Size = 0 }, hashes[5], root),
            Of("size of half the tree", sixth with { Size = 8 }, hashes[5], root),
            Of("size of twice the tree", sixth with { Size = 26 }, hashes[5], root),
            Of("path without its first hash", sixth with { Path = [.. sixth.Path.Skip(1)] }, hashes[5], root),
            Of("path without its last hash", sixth with { Path = [.. sixth.Path.SkipLast(1)] }, hashes[5], root),
            Of("path with one hash more", sixth with { Path = [.. sixth.Path, root] }, hashes[5], root),
            Of("path in reverse", sixth with { Path = [.. sixth.Path.Reverse()] }, hashes[5], root),
            Of("no path", sixth with { Path = [] }, hashes[5], root),
            Of("no path, the root as the leaf", sixth with { Path = [] }, root, root),
            Of("odd last leaf twice", odd with { Index = size, Size = size + 1 }, hashes[last], root),
            Of("odd last leaf paired with itself", odd with { Path = [hashes[last], .. odd.Path] }, hashes[last], root),
            Of("last of two leaves as the only one", new InclusionProof(0, 1, [hashes[0]]), hashes[1], rootOfTwo),
            Of("root of another tree", sixth, hashes[5], new Digest(NaiveMerkle.Root(leaves.AsSpan(..^1)))),
        ];
    }

    private static InvalidProofVector Of(string name, InclusionProof proof, Digest leafHash, Digest root) =>
        new(name, proof.Index, proof.Size, leafHash.ToHex(), [.. proof.Path.Select(hash => hash.ToHex())], root.ToHex());
}
