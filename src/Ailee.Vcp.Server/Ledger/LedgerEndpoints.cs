using Ailee.Vcp.Client;
using Ailee.Vcp.Client.Ledger;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Ledger;
using Ailee.Vcp.Server.Auth;
using Ailee.Vcp.Server.Http;
using Ailee.Vcp.Server.Nodes;
using Ailee.Vcp.Server.Storage;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Ailee.Vcp.Server.Ledger;

internal static class LedgerEndpoints
{
    public static void MapLedger(this RouteGroupBuilder api)
    {
        var ledger = api.MapGroup(string.Empty).WithTags("Ledger");
        ledger.MapGet("/ledger", Get).Needs(Scope.Audit).WithSummary("The ledger's numbers and its transactions, newest first");
        ledger.MapGet("/ledger/accounts", List).Needs(Scope.Audit).WithSummary("List accounts by name, with their balances");
        ledger.MapGet("/ledger/accounts/{account}/statement", GetStatement)
            .Needs(Scope.Read)
            .WithSummary("What happened to an account, newest first; with 'Accept: text/csv' all of it, oldest first")
            .Produces<AccountStatement>()
            .Produces<string>(StatusCodes.Status200OK, MediaTypes.Csv);
        ledger.MapGet("/nodes/{id}/rewards", GetRewards)
            .Needs(Scope.Nodes | Scope.Audit)
            .WithSummary("What a node earned and paid, newest first; with 'Accept: text/csv' all of it, oldest first")
            .Produces<NodeRewards>()
            .Produces<string>(StatusCodes.Status200OK, MediaTypes.Csv);
    }

    private static Results<Ok<LedgerView>, ProblemAnswer> Get(int? limit, string? after, IDatabase database)
    {
        if (LedgerQuery.TryParse(limit, after, null, null, out var query) is { } problem)
        {
            return problem.ToAnswer();
        }

        return TypedResults.Ok(database.Read(transaction =>
        {
            var (items, next) = query.Part(LedgerQueries.Transactions(transaction, query), entry => entry.Id);
            var (accounts, sum) = LedgerQueries.Accounts(transaction);
            var totals = LedgerQueries.NodeTotals(transaction);
            return new LedgerView(accounts, LedgerQueries.Newest(transaction), sum, Amount(totals, LedgerKinds.Reward) + Amount(totals, LedgerKinds.Reversal), -Amount(totals, LedgerKinds.Penalty), items, next);
        }));
    }

    private static Results<Ok<Page<AccountView>>, ProblemAnswer> List(int? limit, string? after, IDatabase database)
    {
        if (LedgerQuery.TryParseLimit(limit, out var rows) is { } problem)
        {
            return problem.ToAnswer();
        }

        var accounts = database.Read(transaction => LedgerQueries.List(transaction, rows, after ?? string.Empty));
        return TypedResults.Ok(accounts.Count <= rows ? new Page<AccountView>(accounts, null) : new Page<AccountView>(accounts[..rows], accounts[rows - 1].Account));
    }

    private static Results<Ok<AccountStatement>, StatementCsv, ProblemAnswer> GetStatement(
        string account,
        DateTimeOffset? from,
        DateTimeOffset? to,
        int? limit,
        string? after,
        HttpRequest request,
        IDatabase database)
    {
        // Whose account it is not learns nothing of it.
        if (!LedgerAccount.TryParse(account, out var parsed)
            || (request.HttpContext.Caller().OnlyTenant is { } tenant && parsed != LedgerAccount.OfSubmitter(tenant))
            || database.Read(transaction => LedgerQueries.FindBalance(transaction, parsed)) is null)
        {
            return Problems.AccountNotFound.Because("Accounts are 'submitter:<name>', 'node:<id>' and 'treasury'; one is there once something is posted to it.").ToAnswer();
        }

        if (LedgerQuery.TryParse(limit, after, from, to, out var query) is { } problem)
        {
            return problem.ToAnswer();
        }

        return WantsCsv(request) ? new StatementCsv(database, parsed, query) : TypedResults.Ok(database.Read(transaction =>
        {
            var (items, next) = query.Part(LedgerQueries.Statement(transaction, parsed, query), line => line.Transaction);
            return new AccountStatement(parsed.ToString(), LedgerStore.Balance(transaction, parsed), items, next);
        }));
    }

    private static Results<Ok<NodeRewards>, StatementCsv, ProblemAnswer> GetRewards(
        string id,
        DateTimeOffset? from,
        DateTimeOffset? to,
        int? limit,
        string? after,
        HttpRequest request,
        IDatabase database)
    {
        if (!NodeId.TryParse(id, out var node) || database.Read(transaction => NodeStore.FindOwner(transaction, node)) is null)
        {
            return Problems.NodeNotFound.Because("A node's id is the thumbprint of its key, 43 base64url characters.").ToAnswer();
        }

        if (LedgerQuery.TryParse(limit, after, from, to, out var query) is { } problem)
        {
            return problem.ToAnswer();
        }

        var account = LedgerAccount.OfNode(node);
        return WantsCsv(request) ? new StatementCsv(database, account, query) : TypedResults.Ok(database.Read(transaction =>
        {
            var (items, next) = query.Part(LedgerQueries.Statement(transaction, account, query), line => line.Transaction);
            return new NodeRewards(id, account.ToString(), LedgerStore.Balance(transaction, account), LedgerQueries.Totals(transaction, account), items, next);
        }));
    }

    private static bool WantsCsv(HttpRequest request) => request.GetTypedHeaders().Accept.Any(type => type.MediaType == MediaTypes.Csv);

    private static long Amount(List<AccountTotal> totals, string kind) => totals.Find(total => total.Kind == kind)?.Amount ?? 0;
}
