namespace Ailee.Vcp.Core.Tests.Vectors;

/// <summary>nodes.json: what nodes sign to be let in, and how they are scored.</summary>
internal sealed record NodeVectors(
    IReadOnlyList<NodeProofVector> Proofs,
    IReadOnlyList<HealthVector> Health,
    IReadOnlyList<ReputationVector> Reputation,
    IReadOnlyList<OutlierVector> Outliers,
    IReadOnlyList<RankingVector> Rankings,
    IReadOnlyList<SafetyVector> Safety,
    IReadOnlyList<RewardVector> Rewards)
{
    public static NodeVectors All { get; } = new(
        NodeProofVector.All, HealthVector.All, ReputationVector.All, OutlierVector.All, RankingVector.All, SafetyVector.All, RewardVector.All);

    // Mathematics libraries differ in the last digits; nothing else here does. The sum makes a negative zero a plain one.
    public static double Rounded(double value) => Math.Round(value, 12) + 0.0;
}
