namespace Ailee.Vcp.Core.Nodes;

/// <summary>A node in a ranking, and why it is there.</summary>
/// <param name="Node">The node.</param>
/// <param name="Score">Higher is better. Range 0 to 1.</param>
/// <param name="Factors">What the score is made of: their normalized values multiplied.</param>
/// <param name="Reason">A sentence for people.</param>
public sealed record RankedNode(NodeId Node, double Score, IReadOnlyList<ScoreFactor> Factors, string Reason);
