namespace Ailee.Vcp.Server.Overload;

/// <summary>When a client that was refused may try again.</summary>
internal static class RetryTime
{
    /// <summary>The longest that a client is sent away: rates change, and what is not known is not waited for.</summary>
    public const int MostSeconds = 60;

    // All that were refused come back at about the same time: not before there is room for some of them.
    private const int RoomFor = 10;

    /// <summary>The time in which a tenth of what waits is served.</summary>
    /// <param name="waiting">How many wait.</param>
    /// <param name="perSecond">How many are served in a second; 0 if it is not known.</param>
    /// <returns>Seconds, 1 to <see cref="MostSeconds"/>.</returns>
    public static int Seconds(int waiting, double perSecond) =>
        perSecond > 0 ? (int)Math.Clamp(Math.Ceiling(Math.Max(1, waiting / (double)RoomFor) / perSecond), 1, MostSeconds) : MostSeconds;
}
