namespace Ailee.Vcp.Core.Nodes;

/// <summary>How fit a node is for work, and why (docs/design/nodes.md).</summary>
/// <param name="Value">0 (unfit) to 1. 0 while a gate is shut.</param>
/// <param name="Factors">Bandwidth, latency, efficiency and reputation, then a gate of weight 0 for each thing that shuts it.</param>
public sealed record HealthScore(double Value, IReadOnlyList<ScoreFactor> Factors)
{
    /// <summary>Weight of the bandwidth.</summary>
    public const double BandwidthWeight = 0.40;

    /// <summary>Weight of the latency.</summary>
    public const double LatencyWeight = 0.30;

    /// <summary>Weight of the efficiency.</summary>
    public const double EfficiencyWeight = 0.20;

    /// <summary>Weight of the reputation.</summary>
    public const double ReputationWeight = 0.10;

    /// <summary>The bandwidth that counts as 1. Unit: Mbit/s.</summary>
    public const double FullBandwidthMbps = 1000;

    /// <summary>The latency that counts as 0. Unit: milliseconds.</summary>
    public const double WorstLatencyMs = 100;

    /// <summary>The multiple of the fleet's median that counts as 1.</summary>
    public const double FullEfficiency = 2;

    /// <summary>What something unknown counts as: neither a reward for silence nor a node that never gets the work it would be measured by.</summary>
    public const double Neutral = 0.5;

    /// <summary>Name of the gate that safe mode shuts.</summary>
    public const string SafeModeGate = "safe-mode";

    /// <summary>Name of the gate that silence shuts.</summary>
    public const string StaleGate = "stale";

    /// <summary>The score without gates.</summary>
    public double Raw => Scale.Unit(Factors.Sum(factor => factor.Weight * factor.Normalized));

    /// <summary>Works out the score.</summary>
    public static HealthScore Of(HealthInput input)
    {
        ScoreFactor[] factors =
        [
            Bandwidth(Scale.Known(input.BandwidthMbps)),
            Latency(Scale.Known(input.LatencyMs)),
            Efficiency(Scale.Known(input.GasPerSecond), Scale.Known(input.FleetMedianGasPerSecond)),
            Reputation(Scale.Unit(input.Reputation)),
        ];
        var open = new HealthScore(0, factors);
        ScoreFactor[] gates = [.. Gates(input, open.Raw)];
        return gates.Length == 0 ? open with { Value = open.Raw } : new HealthScore(0, [.. factors, .. gates]);
    }

    private static ScoreFactor Bandwidth(double? mbps) => mbps is { } known
        ? new("bandwidth", known, Scale.Unit(known / FullBandwidthMbps), BandwidthWeight, $"{Scale.Text(known)} of {FullBandwidthMbps} Mbit/s.")
        : Unmeasured("bandwidth", BandwidthWeight);

    private static ScoreFactor Latency(double? ms) => ms is { } known
        ? new("latency", known, Scale.Unit(1 - (known / WorstLatencyMs)), LatencyWeight, $"{Scale.Text(known)} ms; {WorstLatencyMs} ms and more count as 0.")
        : Unmeasured("latency", LatencyWeight);

    private static ScoreFactor Efficiency(double? speed, double? median) => (speed, median) switch
    {
        (null, _) => Unmeasured("efficiency", EfficiencyWeight),
        (_, null or <= 0) => new("efficiency", speed, Neutral, EfficiencyWeight, "There is no median of the fleet to compare with; counts as 0.5."),
        ({ } known, { } middle) => new(
            "efficiency", known, Scale.Unit(known / middle / FullEfficiency), EfficiencyWeight, $"{Scale.Text(known)} gas/s; the fleet's median is {Scale.Text(middle)}, twice that counts as 1."),
    };

    private static ScoreFactor Reputation(double value) => new("reputation", value, value, ReputationWeight, "As it is.");

    private static ScoreFactor Unmeasured(string name, double weight) => new(name, null, Neutral, weight, "Not measured yet; counts as 0.5.");

    private static IEnumerable<ScoreFactor> Gates(HealthInput input, double raw)
    {
        if (input.SafeMode.Count > 0)
        {
            yield return new(SafeModeGate, raw, 0, 0, $"The node is in safe mode, so the score is 0 instead of {Scale.Text(raw)}: {string.Join(" ", input.SafeMode)}");
        }

        if (input.Silence is not { } silence)
        {
            yield return new(StaleGate, raw, 0, 0, $"The node was never heard of, so the score is 0 instead of {Scale.Text(raw)}.");
        }
        else if (silence > input.StaleAfter)
        {
            yield return new(
                StaleGate, raw, 0, 0, $"The node was not heard of for {Scale.Text(silence.TotalSeconds)} s, more than {Scale.Text(input.StaleAfter.TotalSeconds)} s, so the score is 0 instead of {Scale.Text(raw)}.");
        }
    }
}
