using System.Security.Cryptography;
using Ailee.Vcp.Core.Merkle;
using Ailee.Vcp.Core.Tests.Bundles;

namespace Ailee.Vcp.Core.Tests;

public sealed class ContentHashTests
{
    // FIPS 180-4 and FIPS 202, the empty message and "abc".
    [Theory]
    [InlineData("sha-256", "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    [InlineData("sha-256", "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")]
    [InlineData("sha3-256", "", "a7ffc6f8bf1ed76651c14756a061d662f580ff4de43b49fa82d80a4b80f8434a")]
    [InlineData("sha3-256", "abc", "3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532")]
    public void Of_PublishedMessages_IsThePublishedDigest(string name, string message, string hex)
    {
        var hash = ContentHash.Find(name)!;

        Assert.Equal(hex, hash.Of(System.Text.Encoding.UTF8.GetBytes(message)).ToHex());
        Assert.Equal(message.Length == 0, hash.Empty.ToHex() == hex);
        Assert.Equal(name, hash.ToString());
    }

    [Fact]
    public void LeafAndNode_EitherHash_HavePrefixes()
    {
        var (left, right) = (Digest.Of("l"u8), Digest.Of("r"u8));

        Assert.Equal(SHA3_256.HashData([0x00, .. "leaf"u8]), ContentHash.Sha3.Leaf("leaf"u8).ToArray());
        Assert.Equal(SHA3_256.HashData([0x01, .. left.ToArray(), .. right.ToArray()]), ContentHash.Sha3.Node(left, right).ToArray());
        Assert.Equal(MerkleHash.Leaf("leaf"u8), ContentHash.Sha256.Leaf("leaf"u8));
        Assert.Equal(MerkleHash.Node(left, right), ContentHash.Sha256.Node(left, right));
        Assert.Equal(SHA256.HashData([0x01, .. left.ToArray(), .. right.ToArray()]), MerkleHash.Node(left, right).ToArray());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(Blob.ChunkSizeBytes)]
    [InlineData(Blob.ChunkSizeBytes + 1)]
    [InlineData(5 * Blob.ChunkSizeBytes)]
    public void BlobOf_Sha3_IsTheTreeOverItsChunks(int length)
    {
        var data = SampleBundles.Repeat(length, 0x5a);
        var leaves = data.Chunk(Blob.ChunkSizeBytes).Select(chunk => ContentHash.Sha3.Leaf(chunk)).ToList();

        var blob = Blob.Of(data, ContentHash.Sha3);

        Assert.Equal(new Blob(length, Root(leaves)), blob);
        Assert.NotEqual(Blob.Of(data).Root, blob.Root);
        Assert.All(leaves.Index(), leaf =>
        {
            var proof = InclusionProof.Create(leaves, leaf.Index, ContentHash.Sha3);
            Assert.True(proof.Verify(leaf.Item, blob.Root, ContentHash.Sha3));
            // A tree of one leaf has no node to hash.
            Assert.Equal(leaves.Count == 1, proof.Verify(leaf.Item, blob.Root));
        });
    }

    [Fact]
    public void DigestUnder_EitherHash_IsThatOfTheManifestUnderIt()
    {
        var bundle = SampleBundles.Small;

        Assert.Equal(bundle.Manifest.ToArray(), bundle.ManifestUnder(ContentHash.Sha256).ToArray());
        Assert.Equal(bundle.Digest, bundle.DigestUnder(ContentHash.Sha256));
        Assert.Equal(ContentHash.Sha3.Of(bundle.ManifestUnder(ContentHash.Sha3).Span), bundle.DigestUnder(ContentHash.Sha3));
        var (ours, theirs) = (Files(bundle.Manifest), Files(bundle.ManifestUnder(ContentHash.Sha3)));
        Assert.Equal(ours.Select(entry => entry.Path), theirs.Select(entry => entry.Path));
        Assert.Equal(
            bundle.Entries.Where(entry => entry.Kind == Core.Bundles.BundleEntryKind.File).Select(entry => (Blob?)Blob.Of(entry.Content.Span, ContentHash.Sha3)),
            theirs.Select(entry => entry.Content));
    }

    [Fact]
    public void Text_EitherHash_IsReadBackByItAlone()
    {
        var digest = Digest.Of("x"u8);
        var (sha256, sha3) = (ContentHash.Sha256.Text(digest), ContentHash.Sha3.Text(digest));

        Assert.Equal(digest.ToString(), sha256);
        Assert.Equal($"sha3-256:{digest.ToHex()}", sha3);
        Assert.Equal(digest, ContentHash.Sha3.Parse(sha3));
        Assert.Equal(digest, ContentHash.Sha256.Parse(sha256));
        Assert.Throws<FormatException>(() => ContentHash.Sha3.Parse(sha256));
        Assert.Throws<FormatException>(() => ContentHash.Sha256.Parse(sha3));
        Assert.False(Digest.TryParse(sha3, out _));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("sha3-256:")]
    [InlineData("sha3-256:a7ffc6f8bf1ed76651c14756a061d662f580ff4de43b49fa82d80a4b80f8434")]
    [InlineData("sha3-256:a7ffc6f8bf1ed76651c14756a061d662f580ff4de43b49fa82d80a4b80f8434a0")]
    [InlineData("sha3-256:A7FFC6F8BF1ED76651C14756A061D662F580FF4DE43B49FA82D80A4B80F8434A")]
    [InlineData("SHA3-256:a7ffc6f8bf1ed76651c14756a061d662f580ff4de43b49fa82d80a4b80f8434a")]
    [InlineData("sha3-256:g7ffc6f8bf1ed76651c14756a061d662f580ff4de43b49fa82d80a4b80f8434a")]
    public void TryParse_OtherTexts_AreRefused(string? text) => Assert.False(ContentHash.Sha3.TryParse(text, out _));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("sha256")]
    [InlineData("SHA-256")]
    [InlineData("sha3-512")]
    public void Find_OtherNames_IsNull(string? name) => Assert.Null(ContentHash.Find(name));

    private static Digest Root(IEnumerable<Digest> leaves)
    {
        var tree = new MerkleTreeBuilder(ContentHash.Sha3);
        foreach (var leaf in leaves)
        {
            tree.Append(leaf);
        }

        return tree.Root();
    }

    private static List<Core.Bundles.ManifestEntry> Files(ReadOnlyMemory<byte> manifest) =>
        [.. Core.Bundles.BundleManifest.TryDecode(manifest, out _)!.Entries.Where(entry => entry.Content is not null)];
}
