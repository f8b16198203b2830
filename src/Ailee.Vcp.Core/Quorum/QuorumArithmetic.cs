namespace Ailee.Vcp.Core.Quorum;

/// <summary>When a payload wins and how much is missing. R is the number of votes cast and leases outstanding.</summary>
public static class QuorumArithmetic
{
    /// <summary>Lost leases that count as one attempt.</summary>
    public const int LossesForAnAttempt = 10;

    /// <summary>Whether a payload with <paramref name="votes"/> votes wins: at least the quorum, and more than half of R.</summary>
    public static bool Wins(int votes, int cast, int outstanding, int quorum) => votes >= quorum && 2 * votes > cast + outstanding;

    /// <summary>
    /// The fewest further leases with which some payload can still win, if they and those outstanding all come to vote for the
    /// one that leads; 0 if none are needed.
    /// </summary>
    /// <param name="leader">Votes of the payload that has most.</param>
    /// <param name="cast">Votes cast.</param>
    /// <param name="outstanding">Leases outstanding.</param>
    /// <param name="quorum">Votes that a payload needs at least.</param>
    public static int Missing(int leader, int cast, int outstanding, int quorum)
    {
        // With c more, the leader can have leader + outstanding + c of R = cast + outstanding + c.
        var forQuorum = quorum - leader - outstanding;
        var forMajority = cast - (2 * leader) - outstanding + 1;
        return Math.Max(0, Math.Max(forQuorum, forMajority));
    }

    /// <summary>Attempts that are used up, of which <paramref name="lost"/> were lost.</summary>
    public static int Spent(int granted, int lost) => granted - lost + (lost / LossesForAnAttempt);
}
