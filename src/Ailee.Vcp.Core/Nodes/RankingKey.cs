namespace Ailee.Vcp.Core.Nodes;

/// <summary>A node's place: the best sorts first. Nodes of one score come in the order in which they last got a task, then by id.</summary>
/// <param name="Score">Higher is better.</param>
/// <param name="Turn">As in <see cref="Candidate.Turn"/>; lower is better.</param>
/// <param name="Node">The node.</param>
public readonly record struct RankingKey(double Score, long Turn, NodeId Node) : IComparable<RankingKey>
{
    /// <inheritdoc/>
    public int CompareTo(RankingKey other)
    {
        var byScore = other.Score.CompareTo(Score);
        var byTurn = byScore != 0 ? byScore : Turn.CompareTo(other.Turn);
        return byTurn != 0 ? byTurn : Digest.Order.Compare(Node.Thumbprint, other.Node.Thumbprint);
    }

    /// <summary>Whether the first sorts before the second.</summary>
    public static bool operator <(RankingKey left, RankingKey right) => left.CompareTo(right) < 0;

    /// <summary>Whether the first sorts before the second, or they are the same.</summary>
    public static bool operator <=(RankingKey left, RankingKey right) => left.CompareTo(right) <= 0;

    /// <summary>Whether the first sorts after the second.</summary>
    public static bool operator >(RankingKey left, RankingKey right) => left.CompareTo(right) > 0;

    /// <summary>Whether the first sorts after the second, or they are the same.</summary>
    public static bool operator >=(RankingKey left, RankingKey right) => left.CompareTo(right) >= 0;
}
