using Ailee.Vcp.Server.Http;

namespace Ailee.Vcp.Server.Tests.Http;

public sealed class ListQueryTests
{
    [Theory]
    [InlineData(null, 50)]
    [InlineData(1, 1)]
    [InlineData(200, 200)]
    public void Parse_Limit_DefaultsTo50(int? limit, int expected)
    {
        Assert.Null(ListQuery.TryParse(limit, null, out var query));

        Assert.Equal(expected, query.Limit);
    }

    [Theory]
    [InlineData(0, null)]
    [InlineData(-1, null)]
    [InlineData(201, null)]
    [InlineData(int.MaxValue, null)]
    [InlineData(1, "nowhere")]
    public void Parse_OutOfRange_MalformedRequest(int? limit, string? after) =>
        Assert.Equal(Problems.MalformedRequest, ListQuery.TryParse(limit, after, out _)?.Kind);

    [Theory]
    [InlineData(0, 0, null)]
    [InlineData(2, 2, null)]
    [InlineData(3, 3, null)]
    [InlineData(4, 3, 3)]
    public void ToPage_Rows_NextOnlyIfThereIsMore(int rows, int shown, int? next)
    {
        ListQuery.TryParse(3, null, out var query);

        var page = query.ToPage([.. Enumerable.Range(1, rows)], row => new Cursor(row, new byte[16]), row => $"{row}");

        Assert.Equal(Enumerable.Range(1, shown).Select(row => $"{row}"), page.Items);
        Assert.Equal(next is null ? null : new Cursor(next.Value, new byte[16]).ToString(), page.Next);
    }
}
