namespace Ailee.Vcp.Core.Statements;

/// <summary>When a statement's issued-at claim fits the lease that it answers.</summary>
public static class Freshness
{
    /// <summary>How far a node's clock may be off in either direction.</summary>
    public static TimeSpan Tolerance { get; } = TimeSpan.FromMinutes(5);

    /// <summary>Null if <paramref name="issuedAtSeconds"/> lies within [granted − 5 min, received + 5 min]; otherwise <c>stale</c> or <c>future</c>.</summary>
    public static string? Classify(long issuedAtSeconds, DateTimeOffset leaseGranted, DateTimeOffset received) =>
        issuedAtSeconds < (leaseGranted - Tolerance).ToUnixTimeSeconds() ? "stale"
        : issuedAtSeconds > (received + Tolerance).ToUnixTimeSeconds() ? "future"
        : null;
}
