using Ailee.Vcp.Core.Nodes;

namespace Ailee.Vcp.Core.Tests.Vectors;

/// <summary>Candidates, and for each strategy who comes first.</summary>
internal sealed record RankingVector(string Name, IReadOnlyList<CandidateVector> Candidates, IReadOnlyDictionary<string, IReadOnlyList<PlaceVector>> Orders)
{
    public static IReadOnlyList<RankingVector> All { get; } =
    [
        Of(
            "all sorts",
            new("00", 0.9, 0.8, 4, 1, 12.5, 900, 2, 17),
            new("01", 0.9, 0.8, 4, 1, 12.5, 900, 2, 16),
            new("02", 0.5, 0.5, 8, 0, null, null, 0, 0),
            new("03", 0.95, 1, 1, 1, 3, 1000, 5, 20),
            new("04", 0, 0.7, 2, 0, 250, 0, 1, 3),
            new("05", 0.6, 0.4, 16, 3, 99.5, 1_000_000_000_000, 7, 19)),
        Of(
            "ahead of their slots",
            new("a0", 0.7, 0.6, 2, 9, 5, 1000, 1, 4),
            new("a1", 0.7, 0.6, 2, 8, 6, 999, 1, 5),
            new("a2", 0.7, 0.6, 0, 0, 4, 1001, 1, 6)),
        Of(
            "equal but for the id",
            new("b2", 0.7, 0.6, 2, 1, 5, 1000, 1, 0),
            new("b0", 0.7, 0.6, 2, 1, 5, 1000, 1, 0),
            new("b1", 0.7, 0.6, 2, 1, 5, 1000, 1, 0)),
    ];

    public RankingVector Again() => Of(Name, [.. Candidates]);

    private static RankingVector Of(string name, params CandidateVector[] candidates) => new(
        name,
        candidates,
        Enum.GetValues<SelectionStrategy>().ToDictionary(
            SelectionStrategyNames.ToName,
            strategy => (IReadOnlyList<PlaceVector>)
            [
                .. candidates
                    .OrderBy(candidate => Ranking.KeyOf(strategy, candidate.ToCandidate()))
                    .Select(candidate => new PlaceVector(candidate.Node, NodeVectors.Rounded(Ranking.KeyOf(strategy, candidate.ToCandidate()).Score))),
            ]));
}

internal sealed record PlaceVector(string Node, double Score);

/// <summary>Node is the first byte of the kid, whose others are 0.</summary>
internal sealed record CandidateVector(
    string Node, double Health, double Reputation, int Slots, int Outstanding, double? LatencyMs, long? Price, long Given, long Turn)
{
    public Candidate ToCandidate() => new()
    {
        Node = new NodeId(new Digest([.. VectorFile.Bytes(Node), .. new byte[31]])),
        Health = Health,
        Reputation = Reputation,
        Slots = Slots,
        Outstanding = Outstanding,
        LatencyMs = LatencyMs,
        Price = Price,
        Given = Given,
        Turn = Turn,
    };
}
