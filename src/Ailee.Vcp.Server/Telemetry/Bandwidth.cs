namespace Ailee.Vcp.Server.Telemetry;

/// <summary>How fast a body came.</summary>
internal static class Bandwidth
{
    /// <summary>
    /// Mbit/s from the first bytes to the last. What was there at the first look may have waited, so it does not count, unless it was
    /// most of the body: then all of it counts, from when it was asked for, and the value is a lower bound.
    /// </summary>
    /// <param name="sizeBytes">Bytes of the body.</param>
    /// <param name="firstBytes">Bytes that were there at the first look.</param>
    /// <param name="asked">When it was asked for.</param>
    /// <param name="first">When the first bytes were seen.</param>
    /// <param name="last">When the last were.</param>
    /// <returns>Null if no time passed: that measures nothing.</returns>
    public static double? Mbps(long sizeBytes, long firstBytes, TimeSpan asked, TimeSpan first, TimeSpan last)
    {
        var (bytes, elapsed) = 2 * firstBytes > sizeBytes ? (sizeBytes, last - asked) : (sizeBytes - firstBytes, last - first);
        return elapsed > TimeSpan.Zero ? bytes * 8 / elapsed.TotalMicroseconds : null;
    }
}
