using System.Text;
using Ailee.Vcp.Client;
using Ailee.Vcp.Client.Ledger;
using Ailee.Vcp.Core.Ledger;
using Ailee.Vcp.Server.Storage;

namespace Ailee.Vcp.Server.Ledger;

/// <summary>An account's lines as CSV, oldest first: all that were there when it was asked for, read in parts as they are sent.</summary>
internal sealed class StatementCsv(IDatabase database, LedgerAccount account, LedgerQuery query) : IResult
{
    private const int LinesAtOnce = 1000;

    private static readonly string Header = CsvText.Line(
        "account", "transaction", "at", "kind", "amount", "balance", "counterparty", "task", "gas", "pricePerMegaGas", "bid", "base", "bonusPermille", "bonus", "fault");

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.ContentType = MediaTypes.Csv + "; charset=utf-8; header=present";
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers.ContentDisposition = "attachment; filename=\"statement.csv\"";
        await response.WriteAsync(Header, Encoding.UTF8, httpContext.RequestAborted);
        // What is posted meanwhile is not part of it; what is there stays as it is.
        var whole = query with { Limit = LinesAtOnce, Before = database.Read(LedgerQueries.Newest) + 1 };
        for (var after = long.MinValue; ;)
        {
            var lines = database.Read(transaction => LedgerQueries.StatementAfter(transaction, account, whole, after));
            await response.WriteAsync(string.Concat(lines.Select(Line)), Encoding.UTF8, httpContext.RequestAborted);
            if (lines.Count < LinesAtOnce)
            {
                return;
            }

            after = lines[^1].Transaction;
        }
    }

    private string Line(StatementLine line) => CsvText.Line(
        CsvText.Field(account.ToString()),
        CsvText.Field(line.Transaction),
        CsvText.Field(line.At),
        CsvText.Field(line.Kind),
        CsvText.Field(line.Amount),
        CsvText.Field(line.Balance),
        CsvText.Field(line.Counterparty),
        CsvText.Field(line.Task),
        CsvText.Field(line.Detail.Gas),
        CsvText.Field(line.Detail.PricePerMegaGas),
        CsvText.Field(line.Detail.Bid is true ? "true" : null),
        CsvText.Field(line.Detail.Base),
        CsvText.Field(line.Detail.BonusPermille),
        CsvText.Field(line.Detail.Bonus),
        CsvText.Field(line.Detail.Fault));
}
