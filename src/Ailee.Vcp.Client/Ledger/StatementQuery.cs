namespace Ailee.Vcp.Client.Ledger;

/// <summary>Which lines of an account are asked for; members that are null do not narrow them.</summary>
public sealed record StatementQuery
{
    /// <summary>Lines from then on.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Lines before then.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>Most lines in the answer; the server has a default. Not for CSV, which has all of them.</summary>
    public int? Limit { get; init; }

    /// <summary>The <c>next</c> of the part before. Not for CSV.</summary>
    public string? After { get; init; }
}
