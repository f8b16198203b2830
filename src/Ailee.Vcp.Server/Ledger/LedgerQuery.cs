using System.Globalization;
using Ailee.Vcp.Server.Http;

namespace Ailee.Vcp.Server.Ledger;

/// <summary>Which part of the ledger is asked for, newest first.</summary>
/// <param name="Limit">Most rows.</param>
/// <param name="Before">Only transactions with lower numbers.</param>
/// <param name="FromMs">Only transactions from then on, in milliseconds since 1970-01-01T00:00:00Z.</param>
/// <param name="ToMs">Only transactions before then.</param>
internal readonly record struct LedgerQuery(int Limit, long Before, long FromMs, long ToMs)
{
    private const int DefaultLimit = 50;
    private const int MaxLimit = 200;

    public static Problem? TryParse(int? limit, string? after, DateTimeOffset? from, DateTimeOffset? to, out LedgerQuery query)
    {
        query = default;
        var before = long.MaxValue;
        if (after is not null && !long.TryParse(after, NumberStyles.None, CultureInfo.InvariantCulture, out before))
        {
            return Problems.MalformedRequest.Because("after must be the 'next' of an earlier answer.");
        }

        if (TryParseLimit(limit, out var rows) is { } problem)
        {
            return problem;
        }

        if (from > to)
        {
            return Problems.MalformedRequest.Because("from must not be after to.");
        }

        query = new LedgerQuery(rows, before, Milliseconds(from) ?? long.MinValue, Milliseconds(to) ?? long.MaxValue);
        return null;
    }

    public static Problem? TryParseLimit(int? limit, out int rows)
    {
        rows = limit ?? DefaultLimit;
        return rows is < 1 or > MaxLimit ? Problems.MalformedRequest.Because($"limit must be between 1 and {MaxLimit}.") : null;
    }

    /// <summary>The first rows, and where the following part starts.</summary>
    public (IReadOnlyList<T> Items, string? Next) Part<T>(List<T> rows, Func<T, long> id) => rows.Count <= Limit
        ? (rows, null)
        : (rows[..Limit], id(rows[Limit - 1]).ToString(CultureInfo.InvariantCulture));

    // Rounded up on both sides: transactions are dated to the millisecond.
    private static long? Milliseconds(DateTimeOffset? time) =>
        time is { } known ? known.ToUnixTimeMilliseconds() + (known.Ticks % TimeSpan.TicksPerMillisecond > 0 ? 1 : 0) : null;
}
