namespace Ailee.Vcp.Core.Nodes;

/// <summary>Scores candidates by a strategy (docs/design/nodes.md). Each score is the product of its factors and depends on one node alone.</summary>
public static class Ranking
{
    /// <summary>The latency that scores one half; an unknown one counts as it. Unit: milliseconds.</summary>
    public const double HalfLatencyMs = 50;

    /// <summary>The bid that scores one half. Unit: micro-credits for 10^6 gas.</summary>
    public const long HalfPrice = RewardMath.DefaultPrice;

    /// <summary>The candidate's place.</summary>
    public static RankingKey KeyOf(SelectionStrategy strategy, in Candidate candidate) =>
        new(ScoreOf(strategy, candidate), candidate.Turn, candidate.Node);

    /// <summary>The candidate's score and what it is made of. The score is that of <see cref="KeyOf"/>.</summary>
    public static RankedNode Explain(SelectionStrategy strategy, in Candidate candidate)
    {
        var score = ScoreOf(strategy, candidate);
        var reason = strategy switch
        {
            SelectionStrategy.Weighted => $"Score {Scale.Text(score)}: health × reputation × free slots, shared out over tasks.",
            SelectionStrategy.LeastLoaded => $"Holds {candidate.Outstanding} leases for {SlotsOf(candidate)} slots.",
            SelectionStrategy.RoundRobin => candidate.Turn == 0 ? "Had no task yet." : $"Last had a task at turn {candidate.Turn}.",
            SelectionStrategy.LatencyAware => Scale.Known(candidate.LatencyMs) is { } ms ? $"Answers in {Scale.Text(ms)} ms." : $"Its latency was not measured yet and counts as {HalfLatencyMs} ms.",
            SelectionStrategy.LowestBid => candidate.Price is { } price ? $"Bids {price} micro-credits for 10^6 gas." : "Made no bid.",
            _ => throw new ArgumentOutOfRangeException(nameof(strategy)),
        };
        return new RankedNode(candidate.Node, score, FactorsOf(strategy, candidate), reason);
    }

    // Apart from Explain, so that keeping an index in order allocates nothing.
    private static double ScoreOf(SelectionStrategy strategy, in Candidate candidate) => strategy switch
    {
        SelectionStrategy.Weighted => Scale.Unit(candidate.Health) * Scale.Unit(candidate.Reputation) * FreeShare(candidate) * Fairness(candidate),
        SelectionStrategy.LeastLoaded => Calm(candidate),
        SelectionStrategy.RoundRobin => 1,
        SelectionStrategy.LatencyAware => Nearness(candidate),
        SelectionStrategy.LowestBid => Cheapness(candidate),
        _ => throw new ArgumentOutOfRangeException(nameof(strategy)),
    };

    private static ScoreFactor[] FactorsOf(SelectionStrategy strategy, in Candidate candidate) => strategy switch
    {
        SelectionStrategy.Weighted =>
        [
            new("health", candidate.Health, Scale.Unit(candidate.Health), 1, "As it is."),
            new("reputation", candidate.Reputation, Scale.Unit(candidate.Reputation), 1, "As it is."),
            new("free-slots", SlotsOf(candidate) - candidate.Outstanding, FreeShare(candidate), 1, $"{candidate.Outstanding} leases for {SlotsOf(candidate)} slots."),
            new("fair-share", candidate.Given, Fairness(candidate), 1, $"Got {candidate.Given} tasks beyond its share; each makes the next one less likely."),
        ],
        SelectionStrategy.LeastLoaded => [new("load", (double)candidate.Outstanding / SlotsOf(candidate), Calm(candidate), 1, "Leases for each slot.")],
        SelectionStrategy.RoundRobin => [new("turn", candidate.Turn, 1, 1, "All are equal; the one that waited longest comes first.")],
        SelectionStrategy.LatencyAware => [new("latency", Scale.Known(candidate.LatencyMs), Nearness(candidate), 1, $"Milliseconds; {HalfLatencyMs} ms score one half.")],
        SelectionStrategy.LowestBid => [new("bid", candidate.Price, Cheapness(candidate), 1, $"Micro-credits for 10^6 gas; {HalfPrice} score one half.")],
        _ => throw new ArgumentOutOfRangeException(nameof(strategy)),
    };

    private static int SlotsOf(in Candidate candidate) => Math.Max(1, candidate.Slots);

    private static double FreeShare(in Candidate candidate) => Scale.Unit(1 - ((double)candidate.Outstanding / SlotsOf(candidate)));

    // Highest averages (d'Hondt): whoever has the most per task that it would then have is next, so that shares follow the weights.
    private static double Fairness(in Candidate candidate) => 1 / (1 + (double)Math.Max(0, candidate.Given));

    private static double Calm(in Candidate candidate) => 1 / (1 + ((double)Math.Max(0, candidate.Outstanding) / SlotsOf(candidate)));

    private static double Nearness(in Candidate candidate) => HalfLatencyMs / (HalfLatencyMs + Math.Max(0, Scale.Known(candidate.LatencyMs) ?? HalfLatencyMs));

    private static double Cheapness(in Candidate candidate) => candidate.Price is { } price ? HalfPrice / (HalfPrice + (double)Math.Max(0, price)) : 0;
}
