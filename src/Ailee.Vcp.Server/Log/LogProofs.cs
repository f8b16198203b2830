using Ailee.Vcp.Client.Log;
using Ailee.Vcp.Core.Log;
using Ailee.Vcp.Core.Merkle;
using Ailee.Vcp.Server.Storage;

namespace Ailee.Vcp.Server.Log;

/// <summary>Proofs as the contract shows them, made from tiles of sizes that are served.</summary>
internal static class LogProofs
{
    public static InclusionView Inclusion(IReadTransaction transaction, long index, long size)
    {
        var nodes = PublishedLog.Nodes(transaction, size);
        var entry = LogStore.Entries(transaction, index, 1)[0].Statement;
        var proof = MerkleProofs.Inclusion(nodes, index, size);
        return new InclusionView(
            index,
            entry.ToString(),
            LogEntry.LeafHash(entry).ToString(),
            size,
            MerkleProofs.Root(nodes, size).ToString(),
            [.. proof.Path.Select(hash => hash.ToString())]);
    }

    public static ConsistencyView Consistency(IReadTransaction transaction, long from, long to)
    {
        var nodes = PublishedLog.Nodes(transaction, to);
        var proof = MerkleProofs.Consistency(nodes, from, to);
        // The nodes of the larger tree hold those of the smaller.
        return new ConsistencyView(
            from,
            to,
            MerkleProofs.Root(nodes, from).ToString(),
            MerkleProofs.Root(nodes, to).ToString(),
            [.. proof.Path.Select(hash => hash.ToString())]);
    }
}
