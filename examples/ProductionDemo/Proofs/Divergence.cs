using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Statements;
using Ailee.Vcp.Core.Traces;

namespace Ailee.Vcp.ProductionDemo.Proofs;

/// <summary>A node signed something else than what was decided.</summary>
/// <param name="Task">The task, and what was decided.</param>
/// <param name="Signed">What it signed.</param>
/// <param name="Parting">Where its trace parts from the decided one; null if that cannot be known from what it signed.</param>
internal sealed record Divergence(TaskDossier Task, SignedStatement Signed, TraceDifference? Parting)
{
    public NodeId Node => Signed.Header.KeyId;

    /// <summary>
    /// Compares what was signed with what was decided. The server keeps the decided trace only. Of the other there is its root, and its last
    /// leaf, which follows from the statement: if the decided trace with this last leaf has that root, all leaves before are equal, and the two
    /// part there. Otherwise they part earlier, and where is not known.
    /// </summary>
    public static Divergence Of(TaskDossier task, SignedStatement signed)
    {
        var (said, decided) = (signed.Payload, task.Trace);
        var finish = TraceLeaf.Encode(new TraceItem.Finish(said.Outcome, said.ExitCode, said.Output, said.Instructions, said.MemoryPages));
        var claimed = new KeptTrace(decided.Hash, [.. decided.LeafHashes.SkipLast(1), said.Hash.Leaf(finish)], [.. decided.Leaves.SkipLast(1), finish]);
        var isIt = claimed.LeafHashes.Count == said.TraceLeaves && claimed.Root() == said.TraceRoot;
        return new Divergence(task, signed, isIt ? TraceComparison.FirstDifference(decided, claimed) : null);
    }
}
