using Ailee.Vcp.Core.Nodes;

namespace Ailee.Vcp.Core.Tests.Vectors;

/// <summary>What is known of a node, and its health.</summary>
internal sealed record HealthVector(
    string Name,
    double? BandwidthMbps,
    double? LatencyMs,
    double? GasPerSecond,
    double? FleetMedianGasPerSecond,
    double Reputation,
    bool SafeMode,
    double? SilenceSeconds,
    double Value,
    double Raw,
    IReadOnlyList<FactorVector> Factors)
{
    public static IReadOnlyList<HealthVector> All { get; } =
    [
        Of("best", Input(1000, 0, 4e6, 2e6, 1)),
        Of("better than best", Input(2500, 0, 9e9, 2e6, 1)),
        Of("in the middle", Input(250, 40, 1.5e6, 2e6, 0.625)),
        Of("worst", Input(0, 180, 0, 2e6, 0)),
        Of("nothing measured", Input(null, null, null, null, 0.5)),
        Of("nothing measured in a known fleet", Input(null, null, null, 2e6, 0.5)),
        Of("no median", Input(940, 3.5, 2e6, null, 0.75)),
        Of("median of nothing", Input(940, 3.5, 2e6, 0, 0.75)),
        Of("safe mode", Input(940, 3.5, 2e6, 2e6, 0.75) with { SafeMode = ["It is hot."] }),
        Of("silent for as long as it may be", Input(940, 3.5, 2e6, 2e6, 0.75) with { Silence = TimeSpan.FromSeconds(15) }),
        Of("silent for longer", Input(940, 3.5, 2e6, 2e6, 0.75) with { Silence = TimeSpan.FromSeconds(15.5) }),
        Of("never heard of and in safe mode", Input(null, null, null, null, 0.5) with { Silence = null, SafeMode = ["It is hot."] }),
    ];

    public HealthScore Score() => HealthScore.Of(Input(BandwidthMbps, LatencyMs, GasPerSecond, FleetMedianGasPerSecond, Reputation) with
    {
        SafeMode = SafeMode ? ["It is hot."] : [],
        Silence = SilenceSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
    });

    private static HealthVector Of(string name, HealthInput input)
    {
        var score = HealthScore.Of(input);
        return new(
            name,
            input.BandwidthMbps,
            input.LatencyMs,
            input.GasPerSecond,
            input.FleetMedianGasPerSecond,
            input.Reputation,
            input.SafeMode.Count > 0,
            input.Silence?.TotalSeconds,
            NodeVectors.Rounded(score.Value),
            NodeVectors.Rounded(score.Raw),
            [.. score.Factors.Select(FactorVector.Of)]);
    }

    private static HealthInput Input(double? bandwidth, double? latency, double? speed, double? median, double reputation) => new()
    {
        BandwidthMbps = bandwidth,
        LatencyMs = latency,
        GasPerSecond = speed,
        FleetMedianGasPerSecond = median,
        Reputation = reputation,
        Silence = TimeSpan.Zero,
    };
}

internal sealed record FactorVector(string Name, double? Value, double Normalized, double Weight)
{
    public static FactorVector Of(ScoreFactor factor) =>
        new(factor.Name, factor.Value is { } value ? NodeVectors.Rounded(value) : null, NodeVectors.Rounded(factor.Normalized), factor.Weight);
}
