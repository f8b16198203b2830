using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Traces;

namespace Ailee.Vcp.Sandbox.Trace;

/// <summary>The record of a run at its boundary.</summary>
/// <param name="Hash">The hash of the tree.</param>
/// <param name="Root">Root of the Merkle tree over the leaves.</param>
/// <param name="LeafHashes">The hash of every leaf.</param>
/// <param name="FirstKept">Index of the first of <paramref name="Leaves"/>.</param>
/// <param name="Leaves">The leaves from there on, or as many of the first of them as fit into 16 MiB.</param>
public sealed record ExecutionTrace(ContentHash Hash, Digest Root, IReadOnlyList<Digest> LeafHashes, int FirstKept, IReadOnlyList<ReadOnlyMemory<byte>> Leaves)
{
    /// <summary>Number of leaves.</summary>
    public long LeafCount => LeafHashes.Count;

    /// <summary>The trace to compare, save or show.</summary>
    public KeptTrace ToKept() => KeptTrace.Of(Hash, LeafHashes, Leaves, FirstKept);
}
