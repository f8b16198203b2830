using Ailee.Vcp.Client.Tasks;
using Ailee.Vcp.Core.Nodes;

namespace Ailee.Vcp.Server.Dispatch;

/// <summary>Choices in words. Not under the dispatcher's lock.</summary>
internal static class Explanations
{
    /// <summary>What attempts keep as their reasons.</summary>
    public static IReadOnlyList<CandidateView> Of(Assignment assignment) => [.. assignment.Ranking.Select(Of)];

    private static CandidateView Of(RankedCandidate ranked)
    {
        var explained = Ranking.Explain(ranked.Strategy, new Candidate
        {
            Node = ranked.Node,
            Health = ranked.Health,
            Reputation = ranked.Reputation,
            Slots = ranked.Slots,
            Outstanding = ranked.Outstanding,
            LatencyMs = ranked.LatencyMs,
            Given = (long)Math.Round(ranked.Lead),
            Turn = ranked.LastGrant,
            Price = ranked.Price,
        });
        return new CandidateView(
            ranked.Node.ToString(),
            ranked.Strategy.ToName(),
            explained.Score,
            [.. explained.Factors.Select(factor => new CandidateFactor(factor.Name, factor.Value, factor.Normalized, factor.Reason))],
            ranked.Waited ? $"The task waited, and this node was the first to ask that may have it. {explained.Reason}" : explained.Reason);
    }
}
