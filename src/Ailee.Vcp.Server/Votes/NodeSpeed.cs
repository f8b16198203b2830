namespace Ailee.Vcp.Server.Votes;

/// <summary>How fast a node is, by the server's clock: from the lease to the result, with all that is in between.</summary>
internal static class NodeSpeed
{
    // Below this the way there and back is most of the time.
    private const long LeastGas = 10_000_000;

    /// <summary>Gas per second; null if the run was too short to tell.</summary>
    public static double? Of(long gas, TimeSpan took) => gas >= LeastGas && took > TimeSpan.Zero ? gas / took.TotalSeconds : null;

    /// <summary>What a measurement makes of the ones before.</summary>
    public static double Smooth(double? before, double now) => before is { } known ? (0.8 * known) + (0.2 * now) : now;
}
