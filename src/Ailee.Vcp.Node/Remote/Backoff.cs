namespace Ailee.Vcp.Node.Remote;

/// <summary>How long to wait before something that failed is tried again: 1 s, twice as long each time, at most 60 s, up to half of it less by chance.</summary>
internal static class Backoff
{
    /// <summary>Longest wait.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    // 2^6 s is over the longest.
    private const int MostDoublings = 6;

    /// <summary>The wait.</summary>
    /// <param name="failures">How often it failed in a row. Range 1 and more.</param>
    /// <param name="chance">From 0 to below 1.</param>
    /// <param name="asked">How long the other side asked to be left alone; it is asked no sooner.</param>
    public static TimeSpan Delay(int failures, double chance, TimeSpan? asked)
    {
        var full = TimeSpan.FromSeconds(1 << Math.Clamp(failures - 1, 0, MostDoublings));
        var delay = (full < Longest ? full : Longest) * (1 - (chance / 2));
        // Whoever asks for hours would otherwise switch the node off.
        var least = asked < Longest ? asked.Value : asked is null ? TimeSpan.Zero : Longest;
        return delay > least ? delay : least;
    }
}
