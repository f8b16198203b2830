namespace Ailee.Vcp.Core.Nodes;

/// <summary>When strikes quarantine a node. Only a person releases it.</summary>
public static class StrikePolicy
{
    /// <summary>Strikes that quarantine.</summary>
    public const int Most = 3;

    /// <summary>A strike counts for this long.</summary>
    public static TimeSpan Window { get; } = TimeSpan.FromHours(24);

    /// <summary>Only strikes after this count: the later of the last release and 24 hours ago.</summary>
    /// <param name="releasedAt">The node's last release; null if there was none.</param>
    /// <param name="now">The time.</param>
    public static DateTimeOffset Since(DateTimeOffset? releasedAt, DateTimeOffset now) =>
        releasedAt is { } released && released > now - Window ? released : now - Window;

    /// <summary>How many strikes count.</summary>
    /// <param name="strikes">When there was one, in any order.</param>
    /// <param name="releasedAt">The node's last release; null if there was none.</param>
    /// <param name="now">The time.</param>
    public static int Count(IEnumerable<DateTimeOffset> strikes, DateTimeOffset? releasedAt, DateTimeOffset now)
    {
        var since = Since(releasedAt, now);
        return strikes.Count(strike => strike > since);
    }

    /// <summary>Whether they are enough.</summary>
    /// <inheritdoc cref="Count"/>
    public static bool Quarantines(IEnumerable<DateTimeOffset> strikes, DateTimeOffset? releasedAt, DateTimeOffset now) =>
        Count(strikes, releasedAt, now) >= Most;
}
