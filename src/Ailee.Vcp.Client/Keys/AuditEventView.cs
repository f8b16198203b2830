namespace Ailee.Vcp.Client.Keys;

/// <summary>Something that was done with the server, or tried.</summary>
/// <param name="Id">Its number; later ones have higher numbers.</param>
/// <param name="At">When.</param>
/// <param name="Kind">What, by a stable name.</param>
/// <param name="Actor">Who: a key's id and name, a token's subject, <c>local</c> without keys, <c>nobody</c>, or <c>server</c>.</param>
public sealed record AuditEventView(long Id, DateTimeOffset At, string Kind, string Actor)
{
    /// <summary>Address that it came from; null if it came from none.</summary>
    public string? Remote { get; init; }

    /// <summary>What it was done with.</summary>
    public string? Subject { get; init; }

    /// <summary>More, for people to read.</summary>
    public string? Detail { get; init; }
}
