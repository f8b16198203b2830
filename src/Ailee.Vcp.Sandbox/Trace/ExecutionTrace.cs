using Ailee.Vcp.Core;

namespace Ailee.Vcp.Sandbox.Trace;

/// <summary>The record of a run at its boundary.</summary>
/// <param name="Root">Root of the Merkle tree over the leaves.</param>
/// <param name="LeafCount">Number of leaves.</param>
/// <param name="Leaves">The leaves, or as many of the first as fit into 16 MiB.</param>
public sealed record ExecutionTrace(Digest Root, long LeafCount, IReadOnlyList<ReadOnlyMemory<byte>> Leaves);
