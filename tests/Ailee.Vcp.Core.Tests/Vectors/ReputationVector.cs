using Ailee.Vcp.Core.Nodes;

namespace Ailee.Vcp.Core.Tests.Vectors;

/// <summary>A node that starts at second 0, and what becomes of its reputation, its confirmed results and its standing.</summary>
internal sealed record ReputationVector(string Name, IReadOnlyList<ReputationStepVector> Steps)
{
    private static readonly DateTimeOffset Start = DateTimeOffset.FromUnixTimeSeconds(1_767_225_600);

    public static IReadOnlyList<ReputationVector> All { get; } =
    [
        Of("good work", [.. Enumerable.Range(0, 60).Select(index => (index * 600L, "agreed"))]),
        Of("every kind", [.. ReputationEventKind.All.Select((kind, index) => ((index + 1) * 3600L, kind.Name))]),
        Of("idle after good work", (60, "agreed"), (120, "audit-passed"), (604_920, "idle"), (6_048_000, "idle"), (60_480_000, "late-agreed")),
        Of("idle after faults", (60, "divergent"), (120, "abandoned"), (604_920, "idle"), (1_209_720, "agreed")),
        Of("three strikes in a day", (100, "divergent"), (43_300, "invalid-statement"), (86_499, "audit-failed")),
        Of("the first of three strikes is a day old", (100, "divergent"), (43_300, "equivocation"), (86_500, "replayed-statement")),
        Of("released", (100, "divergent"), (200, "divergent"), (300, "divergent"), (400, "released"), (400, "divergent"), (500, "divergent"), (600, "divergent"), (700, "divergent")),
        Of("many faults that are no strikes", [.. Enumerable.Range(1, 12).Select(index => (index * 60L, index % 2 == 0 ? "abandoned" : "award-failed"))]),
        Of("a clock that was set back", (86_400, "agreed"), (0, "agreed"), (43_200, "idle"), (691_200, "idle")),
    ];

    public ReputationVector Replay() => Of(Name, [.. Steps.Select(step => (step.AtSeconds, step.Kind))]);

    private static ReputationVector Of(string name, params (long At, string Kind)[] events)
    {
        var (reputation, confirmed, released) = (NodeReputation.Start(Start), 0L, default(DateTimeOffset?));
        var (strikes, steps) = (new List<DateTimeOffset>(), new List<ReputationStepVector>());
        foreach (var (at, what) in events)
        {
            var (now, kind) = (Start.AddSeconds(at), ReputationEventKind.Find(what));
            reputation = kind is null ? reputation.DecayTo(now) : reputation.After(kind, now);
            confirmed = kind is null ? confirmed : AdaptiveTrust.After(kind.Delta > 0 ? AdaptiveTrust.Confirm(confirmed) : confirmed, kind);
            released = what == "released" ? now : released;
            if (kind is { IsStrike: true })
            {
                strikes.Add(now);
            }

            steps.Add(new(
                at,
                what,
                NodeVectors.Rounded(reputation.Value),
                confirmed,
                NodeVectors.Rounded(AdaptiveTrust.AuditProbability(confirmed)),
                StrikePolicy.Count(strikes, released, now),
                StrikePolicy.Quarantines(strikes, released, now)));
        }

        return new(name, steps);
    }
}

/// <summary>Kind is the name of a kind, <c>idle</c> for nothing, or <c>released</c>.</summary>
internal sealed record ReputationStepVector(long AtSeconds, string Kind, double Reputation, long Confirmed, double AuditProbability, int Strikes, bool Quarantines);
