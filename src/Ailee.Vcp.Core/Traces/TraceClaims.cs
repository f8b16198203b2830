using Ailee.Vcp.Core.Merkle;
using Ailee.Vcp.Core.Statements;

namespace Ailee.Vcp.Core.Traces;

/// <summary>Whether a trace tells of the run that a statement is about. The root alone would commit to any bytes.</summary>
public static class TraceClaims
{
    /// <summary>
    /// True if the first and last leaf are those of the payload, and every leaf at hand between them is a block, full but for the last. That
    /// hashes and leaves belong to the root is another check (<see cref="StatementChecks.Trace"/>).
    /// </summary>
    public static bool Fit(StatementPayload payload, KeptTrace trace)
    {
        var count = trace.LeafHashes.Count;
        var start = TraceLeaf.Encode(new TraceItem.Start(payload.Profile, payload.Module, payload.Entrypoint, payload.Input));
        var finish = TraceLeaf.Encode(new TraceItem.Finish(payload.Outcome, payload.ExitCode, payload.Output, payload.Instructions, payload.MemoryPages));
        if (count < 2 || trace.LeafHashes[0] != MerkleHash.Leaf(start) || trace.LeafHashes[^1] != MerkleHash.Leaf(finish))
        {
            return false;
        }

        for (var i = 1; i < count - 1; i++)
        {
            if (trace.Leaves[i] is { } leaf && !IsBlock(leaf, isLast: i == count - 2))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsBlock(ReadOnlyMemory<byte> leaf, bool isLast) =>
        TraceLeaf.TryDecode(leaf, out _) is { } items && items[0] is TraceItem.HostCall && (isLast || items.Count == TraceLeaf.RecordsPerBlock);
}
