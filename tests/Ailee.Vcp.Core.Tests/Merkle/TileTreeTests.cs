using Ailee.Vcp.Core.Merkle;
using CsCheck;

namespace Ailee.Vcp.Core.Tests.Merkle;

/// <summary>Trees grown in batches and read back from their tiles.</summary>
public sealed class TileTreeTests
{
    private static readonly byte[][] Leaves = NaiveMerkle.Leaves(70_000);
    private static readonly Digest[] Hashes = [.. Leaves.Select(leaf => MerkleHash.Leaf(leaf))];

    [Fact]
    public void Append_LeafByLeaf_GivesTheNaiveRootEachTime()
    {
        var log = new StoredTiles();
        for (var size = 0; size <= 600; size++)
        {
            Assert.Equal(NaiveMerkle.Root(Leaves.AsSpan(0, size)), log.Root.ToArray());

            log.Append(Hashes.AsSpan(size, 1));
        }
    }

    [Fact]
    public void Append_AnyBatches_GivesTheSameTilesAndTheNaiveRoot() => Gen.Int[0, 700].Array[1, 12].Sample(batches =>
    {
        var (log, once) = (new StoredTiles(), new StoredTiles());
        foreach (var batch in batches)
        {
            var before = log.Size;
            log.Append(Hashes.AsSpan((int)log.Size, batch));

            Assert.InRange(log.ReadsOfLastAppend, 0, 2 * 3);
            Assert.All(log.Changed, tile => Assert.NotEqual(tile.Path.Width, TilePath.WidthAt(tile.Path.Level, tile.Path.Index, before)));
        }

        once.Append(Hashes.AsSpan(0, batches.Sum()));

        Assert.Equal(once.Root, log.Root);
        Assert.Equal(NaiveMerkle.Root(Leaves.AsSpan(0, batches.Sum())), log.Root.ToArray());
        Assert.All(once.Changed, tile => Assert.Equal(tile.Bytes.ToArray(), log.Read(tile.Path).ToArray()));
    }, iter: 50);

    // 65 536 leaves fill a tile of level 1, and with it begins level 2.
    [Theory]
    [InlineData(255)]
    [InlineData(256)]
    [InlineData(257)]
    [InlineData(65_535)]
    [InlineData(65_536)]
    [InlineData(65_537)]
    public void Append_AroundAFullTile_GivesExactlyTheTilesOfTheTree(int size)
    {
        var log = new StoredTiles();

        log.Append(Hashes.AsSpan(0, size - 3));
        log.Append(Hashes.AsSpan(size - 3, 3));

        var expected = Enumerable.Range(0, 4).SelectMany(level => Enumerable.Range(0, 258).Select(index => new TilePath(level, index, TilePath.WidthAt(level, index, size))));
        foreach (var path in expected.Where(path => path.Width != 0))
        {
            var span = 1 << (8 * path.Level);
            var first = (int)path.Index * 256 * span;
            var roots = Enumerable.Range(0, path.Width).Select(i => NaiveMerkle.Root(Leaves.AsSpan(first + (i * span), span)));

            Assert.Equal(roots.SelectMany(root => root).ToArray(), log.Read(path).ToArray());
        }

        Assert.Equal(NaiveMerkle.Root(Leaves.AsSpan(0, size)), log.Root.ToArray());
    }

    [Fact]
    public void Proofs_FromTiles_AreTheNaiveOnesAndReadFewTiles()
    {
        const int size = 66_000;
        var log = new StoredTiles();
        log.Append(Hashes.AsSpan(0, size));
        var root = new Digest(NaiveMerkle.Root(Leaves.AsSpan(0, size)));

        foreach (var index in (int[])[0, 1, 255, 256, 12_345, 65_535, 65_536, 65_999])
        {
            log.ResetReads();
            var proof = MerkleProofs.Inclusion(log.Nodes(), index, size);

            Assert.True(proof.Verify(Hashes[index], root));
            Assert.InRange(log.Reads, 1, 5);
        }

        foreach (var from in (int[])[1, 255, 256, 12_345, 65_536, 65_537, 65_999])
        {
            log.ResetReads();
            var proof = MerkleProofs.Consistency(log.Nodes(), from, size);

            Assert.True(proof.Verify(new Digest(NaiveMerkle.Root(Leaves.AsSpan(0, from))), root));
            Assert.InRange(log.Reads, 1, 5);
        }
    }

    [Fact]
    public void Proofs_ManyFromOneInstance_ReadEachTileOnce()
    {
        var log = new StoredTiles();
        log.Append(Hashes.AsSpan(0, 1000));
        log.ResetReads();
        var nodes = log.Nodes();

        for (var index = 0; index < 1000; index++)
        {
            Assert.True(MerkleProofs.Inclusion(nodes, index, 1000).Verify(Hashes[index], log.Root));
        }

        Assert.Equal(5, log.Reads);
    }

    [Fact]
    public void Node_MoreTilesThanAreKept_StaysRight()
    {
        const int size = (TileNodes.MaxTilesKept + 10) * TilePath.FullWidth;
        var log = new StoredTiles();
        log.Append(Hashes.AsSpan(0, size));
        var nodes = log.Nodes();

        for (var round = 0; round < 2; round++)
        {
            for (var index = 0; index < size; index += TilePath.FullWidth)
            {
                Assert.Equal(Hashes[index], nodes.Node(0, index));
            }
        }
    }

    [Theory]
    [InlineData(-1, 0)]
    [InlineData(63, 0)]
    [InlineData(0, -1)]
    [InlineData(0, 300)]
    [InlineData(8, 1)]
    [InlineData(2, 75)]
    public void Node_NotInTheTree_Throws(int level, long index)
    {
        var log = new StoredTiles();
        log.Append(Hashes.AsSpan(0, 300));

        Assert.Throws<ArgumentOutOfRangeException>(() => log.Nodes().Node(level, index));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(31)]
    [InlineData(95)]
    [InlineData(97)]
    [InlineData(128)]
    public void Read_TileOfAnotherLength_IsRefused(int bytes)
    {
        ReadOnlyMemory<byte> Read(TilePath path) => new byte[bytes];

        Assert.Throws<InvalidDataException>(() => new TileNodes(3, Read).Node(0, 0));
        Assert.Throws<InvalidDataException>(() => TileGrowth.Append(3, Read, Hashes.AsSpan(0, 1)));
    }

    [Fact]
    public void Append_Nothing_ChangesNothing()
    {
        var log = new StoredTiles();
        log.Append([]);
        Assert.Equal((0, MerkleHash.Empty), (log.Size, log.Root));

        log.Append(Hashes.AsSpan(0, 300));
        var root = log.Root;
        log.Append([]);

        Assert.Equal((300, root), (log.Size, log.Root));
        Assert.Empty(log.Changed);
    }

    [Fact]
    public void Append_LongestTree_DoesNotOverflow()
    {
        ReadOnlyMemory<byte> Read(TilePath path) => new byte[path.Width * Digest.SizeBytes];

        Assert.Equal(long.MaxValue, TileGrowth.Append(long.MaxValue - 1, Read, Hashes.AsSpan(0, 1)).Size);
        Assert.Throws<OverflowException>(() => TileGrowth.Append(long.MaxValue, Read, Hashes.AsSpan(0, 1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => TileGrowth.Append(-1, Read, Hashes.AsSpan(0, 1)));
    }

    private sealed class StoredTiles
    {
        private readonly Dictionary<TilePath, ReadOnlyMemory<byte>> _tiles = [];

        public long Size { get; private set; }

        public Digest Root { get; private set; } = MerkleHash.Empty;

        public IReadOnlyList<Tile> Changed { get; private set; } = [];

        public int Reads { get; private set; }

        public int ReadsOfLastAppend { get; private set; }

        public void ResetReads() => Reads = 0;

        public TileNodes Nodes() => new(Size, Read);

        public ReadOnlyMemory<byte> Read(TilePath path)
        {
            Reads++;
            return _tiles[path];
        }

        public void Append(ReadOnlySpan<Digest> leafHashes)
        {
            Reads = 0;
            var growth = TileGrowth.Append(Size, Read, leafHashes);
            ReadsOfLastAppend = Reads;
            (Size, Root, Changed) = (growth.Size, growth.Root, growth.Tiles);
            foreach (var tile in growth.Tiles)
            {
                _tiles[tile.Path] = tile.Bytes;
            }
        }
    }
}
