using Ailee.Vcp.Client.Mesh;
using Ailee.Vcp.Sandbox.Execution;
using Ailee.Vcp.Server.Http;

namespace Ailee.Vcp.Server.Leases;

/// <summary>What a node on another machine may say of a lease.</summary>
internal static class ResultRules
{
    private const long MostMicroseconds = 24L * 3600 * 1_000_000;
    private const double MostJoules = 1e12;

    /// <summary>The first thing wrong with a result; null if nothing is.</summary>
    public static Problem? ProblemOf(ResultRequest result)
    {
        var said = (result.Statement is null ? 0 : 1) + (result.Inconclusive is null ? 0 : 1) + (result.Divergence is null ? 0 : 1);
        var fault = said != 1 ? "Exactly one of statement, inconclusive and divergence must be there."
            : result.Inconclusive is { } reason && !Enum.GetValues<InconclusiveReason>().Any(known => known.ToName() == reason) ? "There is no such reason for an inconclusive run."
            : result.WallTimeMicroseconds is < 0 or > MostMicroseconds ? "wallTimeMicroseconds must be between 0 and a day."
            : result.EnergyJoules is < 0 or > MostJoules ? "energyJoules must be between 0 and 10^12."
            : null;
        return fault is null ? null : Problems.MalformedRequest.Because(fault);
    }

    public static LeaseReport ToReport(Guid lease, ResultRequest result) => new()
    {
        Lease = lease,
        Statement = result.Statement,
        Inconclusive = result.Inconclusive,
        Divergence = result.Divergence,
        WallTime = TimeSpan.FromMicroseconds(result.WallTimeMicroseconds),
        CacheHit = result.CacheHit,
        EnergyJoules = result.EnergyJoules,
    };
}
