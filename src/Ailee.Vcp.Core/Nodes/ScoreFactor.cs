namespace Ailee.Vcp.Core.Nodes;

/// <summary>One part of a score, so that a person can work the score out again.</summary>
/// <param name="Name">Stable name, kebab-case.</param>
/// <param name="Value">What was measured, in the unit that <paramref name="Reason"/> names; null if it is unknown.</param>
/// <param name="Normalized">The value as a number from 0 (worst) to 1 (best).</param>
/// <param name="Weight">How much the factor counts. Range 0 to 1.</param>
/// <param name="Reason">A sentence for people.</param>
public sealed record ScoreFactor(string Name, double? Value, double Normalized, double Weight, string Reason);
