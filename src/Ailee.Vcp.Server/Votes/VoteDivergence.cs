using Ailee.Vcp.Client.Tasks;
using Ailee.Vcp.Client.Traces;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Core.Quorum;
using Ailee.Vcp.Core.Statements;
using Ailee.Vcp.Core.Traces;
using Ailee.Vcp.Server.Storage;

namespace Ailee.Vcp.Server.Votes;

/// <summary>How votes came to no decision: who said what, and where the traces of the first two results part.</summary>
internal static class VoteDivergence
{
    public static (TaskDivergence Shown, OrchestratorPayload.Divergence Report) Of(
        IReadTransaction transaction,
        TaskId task,
        IReadOnlyList<QuorumGroup> groups,
        IReadOnlyDictionary<Digest, SignedStatement> statements)
    {
        var (first, second) = (PayloadOf(groups[0], statements), PayloadOf(groups[1], statements));
        var hash = first.Hash;
        var difference = CandidateStore.FindTrace(transaction, first) is { } one && CandidateStore.FindTrace(transaction, second) is { } other
            ? TraceComparison.FirstDifference(one, other)
            : null;
        var shown = new TaskDivergence(
            [.. groups.SelectMany(group => group.Votes).Select((vote, index) => Run(index + 1, vote, statements[vote.Statement].Payload))],
            difference?.Field ?? TraceFields.Leaf,
            difference?.Leaf,
            difference?.Record,
            Entry(hash, difference, difference?.First),
            Entry(hash, difference, difference?.Second));
        var parted = difference is null ? null : new OrchestratorPayload.TraceDivergence(difference.Field, difference.Leaf, difference.Record);
        return (shown, new OrchestratorPayload.Divergence(task, hash, DivergenceClaims.Of(groups, statements), parted));
    }

    private static StatementPayload PayloadOf(QuorumGroup group, IReadOnlyDictionary<Digest, SignedStatement> statements) => statements[group.Votes[0].Statement].Payload;

    private static DivergentRun Run(int number, QuorumClaim vote, StatementPayload payload) => new(
        number,
        payload.Outcome.ToName(),
        payload.Outcome == Outcome.Completed ? payload.ExitCode : null,
        payload.Hash.Text(payload.Output),
        payload.Instructions,
        payload.Hash.Text(payload.TraceRoot))
    {
        Node = vote.Node.ToString(),
        Statement = vote.Statement.ToString(),
    };

    private static TraceEntry? Entry(ContentHash hash, TraceDifference? difference, TraceItem? item) =>
        item is null ? null : TraceEntry.Of(hash, difference!.Leaf, (int)((difference.Record ?? 0) % TraceLeaf.RecordsPerBlock), item);
}
