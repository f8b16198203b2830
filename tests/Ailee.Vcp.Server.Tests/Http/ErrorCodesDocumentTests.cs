using System.Globalization;
using Ailee.Vcp.Server.Http;
using Ailee.Vcp.Server.Tests.Hosting;

namespace Ailee.Vcp.Server.Tests.Http;

public sealed class ErrorCodesDocumentTests
{
    [Fact]
    public void Document_Table_IsTheCatalogue()
    {
        var rows = MarkdownTable.Rows("error-codes.md", "code", "status", "meaning", "what to do");

        Assert.Equal(
            Problems.All.Select(kind => (kind.Code, kind.Status.ToString(CultureInfo.InvariantCulture), kind.Title)),
            rows.Select(cells => (cells[0], cells[1], cells[2])));
        Assert.All(rows, cells => Assert.NotEmpty(cells[3]));
    }

    [Fact]
    public void Catalogue_Codes_AreUniqueAndSpelledAlike()
    {
        Assert.Equal(Problems.All.Count, Problems.All.Select(kind => kind.Code).Distinct().Count());
        Assert.All(Problems.All, kind => Assert.Matches("^[a-z]+(-[a-z][a-z0-9]*)*$", kind.Code));
        Assert.All(Problems.All, kind => Assert.InRange(kind.Status, 400, 599));
    }
}
