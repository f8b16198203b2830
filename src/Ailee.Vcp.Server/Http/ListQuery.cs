using Ailee.Vcp.Client;

namespace Ailee.Vcp.Server.Http;

/// <summary>The parameters <c>limit</c> and <c>after</c> of every list.</summary>
internal readonly record struct ListQuery(int Limit, Cursor After)
{
    private const int DefaultLimit = 50;
    private const int MaxLimit = 200;

    public static Problem? TryParse(int? limit, string? after, out ListQuery query)
    {
        query = default;
        if (limit is < 1 or > MaxLimit)
        {
            return Problems.MalformedRequest.Because($"limit must be between 1 and {MaxLimit}.");
        }

        if (!Cursor.TryParse(after, out var cursor))
        {
            return Problems.MalformedRequest.Because("after must be the 'next' of an earlier answer.");
        }

        query = new ListQuery(limit ?? DefaultLimit, cursor);
        return null;
    }

    /// <summary>Makes a page of rows that were asked for with one more than the limit.</summary>
    public Page<TView> ToPage<TRow, TView>(List<TRow> rows, Func<TRow, Cursor> cursor, Func<TRow, TView> view)
    {
        var shown = rows.Take(Limit).ToList();
        return new Page<TView>([.. shown.Select(view)], rows.Count > Limit ? cursor(shown[^1]).ToString() : null);
    }
}
