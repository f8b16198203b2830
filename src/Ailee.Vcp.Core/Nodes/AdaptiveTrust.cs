namespace Ailee.Vcp.Core.Nodes;

/// <summary>
/// Which nodes may work alone (<c>adaptive</c>): those whose results were confirmed often enough, by a quorum or an audit. Work that
/// nobody checked confirms nothing.
/// </summary>
public static class AdaptiveTrust
{
    /// <summary>Confirmed results since the last fault that a node needs to work alone.</summary>
    public const long Needed = 10;

    /// <summary>However often a node was confirmed, its work is audited at this rate at least.</summary>
    public const double LeastAuditProbability = 0.05;

    /// <summary>Whether a node with so many confirmed results may work alone.</summary>
    public static bool IsTrusted(long confirmed) => confirmed >= Needed;

    /// <summary>How likely it is that a result is audited: <c>max(1 ÷ confirmed, 5 %)</c>; 1 for a node that was never confirmed.</summary>
    public static double AuditProbability(long confirmed) => confirmed < 1 ? 1 : Math.Max(1.0 / confirmed, LeastAuditProbability);

    /// <summary>Whether a result is audited. The draw is made after the result was committed, so that no node knows before.</summary>
    /// <param name="confirmed">Confirmed results of the node.</param>
    /// <param name="draw">A random number, at least 0 and below 1.</param>
    public static bool ShouldAudit(long confirmed, double draw) => draw < AuditProbability(confirmed);

    /// <summary>Confirmed results after one more.</summary>
    public static long Confirm(long confirmed) => confirmed == long.MaxValue ? confirmed : confirmed + 1;

    /// <summary>Confirmed results after an event: a fault, which is any strike, takes all of them.</summary>
    public static long After(long confirmed, ReputationEventKind kind) => kind.IsStrike ? 0 : confirmed;
}
