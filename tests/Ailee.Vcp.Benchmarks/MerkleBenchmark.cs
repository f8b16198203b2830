using System.Security.Cryptography;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Merkle;

namespace Ailee.Vcp.Benchmarks;

/// <summary>A tree of a million leaves: its root against one call of the framework for each node, and proofs from its tiles.</summary>
internal static class MerkleBenchmark
{
    private const int Leaves = 1_000_000;
    private const int Batch = 1000;
    private const int Stride = 7919;

    public static void Run()
    {
        Console.WriteLine($"\nMerkle tree of {Leaves:N0} leaves");
        var leaves = new Digest[Leaves];
        for (var i = 0; i < Leaves; i++)
        {
            leaves[i] = Digest.Of(BitConverter.GetBytes(i));
        }

        var scratch = new Digest[Leaves];
        void OneByOne() => RootOneByOne(leaves, scratch);
        Ratio.Measure("  root ÷ one SHA256.HashData for each node", 1, OneByOne, () => MerkleTree.Root(leaves), 0.35);
        Ratio.Measure("  … without vectors", 1, OneByOne, () => MerkleTree.Root(leaves, inLanes: false), null);
        RunTiles(leaves);
    }

    private static void RunTiles(Digest[] leaves)
    {
        var reads = 0;
        var tiles = TileGrowth.Append(0, Missing, leaves).Tiles.ToDictionary(tile => tile.Path, tile => tile.Bytes);
        ReadOnlyMemory<byte> Read(TilePath path)
        {
            reads++;
            return tiles[path];
        }

        var index = 0L;
        void Inclusion() => MerkleProofs.Inclusion(new TileNodes(Leaves, Read), index = (index + Stride) % Leaves, Leaves);
        void Consistency() => MerkleProofs.Consistency(new TileNodes(Leaves, Read), index = (index + Stride) % Leaves, Leaves);
        void Append() => TileGrowth.Append(Leaves, Read, leaves.AsSpan(0, Batch));
        Report("inclusion proof from tiles in memory", Inclusion, ref reads);
        Report("consistency proof from tiles in memory", Consistency, ref reads);
        Report($"append {Batch} leaves", Append, ref reads);
    }

    private static void Report(string name, Action action, ref int reads)
    {
        const int iterations = 200;
        var (hash, micros) = Ratio.Compare(iterations, HashOnce, action);
        reads = 0;
        for (var i = 0; i < iterations; i++)
        {
            action();
        }

        Console.WriteLine($"  {name,-50} {micros,8:0.0} µs, {(double)reads / iterations:0.0} tiles read; one SHA256.HashData of a node takes {hash:0.000} µs");
    }

    private static ReadOnlyMemory<byte> Missing(TilePath path) => throw new InvalidOperationException($"An empty tree has no tile {path}.");

    private static void HashOnce()
    {
        Span<byte> node = stackalloc byte[1 + (2 * Digest.SizeBytes)];
        Span<byte> hash = stackalloc byte[Digest.SizeBytes];
        SHA256.HashData(node, hash);
    }

    // The same levels in the same place, with the framework's call for each node.
    private static void RootOneByOne(ReadOnlySpan<Digest> level, Span<Digest> above)
    {
        Span<byte> node = stackalloc byte[1 + (2 * Digest.SizeBytes)];
        Span<byte> hash = stackalloc byte[Digest.SizeBytes];
        node[0] = 0x01;
        for (; level.Length > 1; level = above[..((level.Length + 1) / 2)])
        {
            for (var i = 0; i + 1 < level.Length; i += 2)
            {
                level[i].CopyTo(node[1..]);
                level[i + 1].CopyTo(node[(1 + Digest.SizeBytes)..]);
                SHA256.HashData(node, hash);
                above[i / 2] = new Digest(hash);
            }

            if ((level.Length & 1) == 1)
            {
                above[level.Length / 2] = level[^1];
            }
        }
    }
}
