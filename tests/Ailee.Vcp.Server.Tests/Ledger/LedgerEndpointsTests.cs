using System.Net;
using System.Text;
using Ailee.Vcp.Client;
using Ailee.Vcp.Client.Ledger;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Cose;
using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Core.Ledger;
using Ailee.Vcp.Server.Ledger;
using Ailee.Vcp.Server.Tests.Hosting;

namespace Ailee.Vcp.Server.Tests.Ledger;

public sealed class LedgerEndpointsTests : IAsyncLifetime
{
    private const int Rewards = 250;

    private static readonly DateTimeOffset Start = new(2030, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private static readonly LedgerAccount Submitter = LedgerAccount.OfSubmitter("=cmd(), \"a\"");

    private readonly List<TaskId> _tasks = [.. Enumerable.Range(0, Rewards + 1).Select(number => TaskId.Create(Start.AddSeconds(number)))];
    private RunningServer? _server;

    private VcpClient Client => _server!.Client;

    private NodeId Node => _server!.Get<SigningKey>().PublicKey.Id;

    private LedgerAccount NodeAccount => LedgerAccount.OfNode(Node);

    public async ValueTask InitializeAsync()
    {
        _server = await RunningServer.StartAsync(new ServerSetup { NodeWorks = false });
        var book = _server.Get<LedgerBook>();
        await _server.Database.WriteAsync(transaction =>
        {
            LedgerBed.AddTo(transaction, _tasks, []);
            // A reward each second, of 1, 2, 3, … micro-credits, then a penalty.
            for (var number = 0; number < Rewards; number++)
            {
                book.Reward(transaction, _tasks[number], Node, "=cmd(), \"a\"", (number + 1) * 1000, Outcome.Completed, false, null, null, null, Start.AddSeconds(number));
            }

            return book.Penalty(transaction, Node, "divergent", _tasks[Rewards], Start.AddSeconds(Rewards));
        });
    }

    public ValueTask DisposeAsync() => _server!.DisposeAsync();

    [Fact]
    public async Task Ledger_Get_NumbersAndTransactionsNewestFirst()
    {
        var ledger = await Client.GetLedgerAsync(null, null, default);

        Assert.Equal((3, Rewards + 1, 0, Sum(Rewards), 10_000), (ledger.Accounts, ledger.Transactions, ledger.Sum, ledger.Paid, ledger.Penalties));
        Assert.Equal(50, ledger.Items.Count);
        Assert.Equal(("penalty", "divergent", _tasks[Rewards].ToString()), (ledger.Items[0].Kind, ledger.Items[0].Detail.Fault, ledger.Items[0].Task));
        Assert.Equal([(NodeAccount.ToString(), -10_000L), ("treasury", 10_000L)], ledger.Items[0].Postings.Select(posting => (posting.Account, posting.Amount)));
    }

    [Fact]
    public async Task Ledger_Pages_EachTransactionOnce()
    {
        var ids = new List<long>();
        string? after = null;
        do
        {
            var part = await Client.GetLedgerAsync(100, after, default);
            ids.AddRange(part.Items.Select(entry => entry.Id));
            after = part.Next;
        }
        while (after is not null);

        Assert.Equal(Enumerable.Range(1, Rewards + 1).Reverse().Select(id => (long)id), ids);
    }

    [Fact]
    public async Task Accounts_Pages_ByName()
    {
        var first = await Client.ListAccountsAsync(2, null, default);
        var second = await Client.ListAccountsAsync(2, first.Next, default);

        Assert.Equal(
            [new AccountView(NodeAccount.ToString(), Sum(Rewards) - 10_000), new AccountView(Submitter.ToString(), -Sum(Rewards)), new AccountView("treasury", 10_000)],
            first.Items.Concat(second.Items));
        Assert.Null(second.Next);
    }

    [Fact]
    public async Task Statement_Pages_EachLineOnceWithItsRunningBalance()
    {
        var lines = new List<StatementLine>();
        var query = new StatementQuery { Limit = 99 };
        AccountStatement part;
        do
        {
            part = await Client.GetStatementAsync(Submitter, query, default);
            lines.AddRange(part.Items);
            query = query with { After = part.Next };
        }
        while (part.Next is not null);

        lines.Reverse();
        Assert.Equal(-Sum(Rewards), part.Balance);
        Assert.Equal(Enumerable.Range(1, Rewards).Select(number => ((long)-number, -Sum(number))), lines.Select(line => (line.Amount, line.Balance)));
        Assert.All(lines, line => Assert.Equal(NodeAccount.ToString(), line.Counterparty));
        Assert.Equal(_tasks.Take(Rewards).Select(task => task.ToString()), lines.Select(line => line.Task));
    }

    [Theory]
    [InlineData(10, 12, new long[] { 12, 11 })]
    [InlineData(10, 10, new long[] { })]
    [InlineData(-5, 1, new long[] { 1 })]
    [InlineData(249, 1000, new long[] { 250 })]
    [InlineData(1000, 2000, new long[] { })]
    public async Task Statement_FromTo_LinesOfThatTime(int from, int to, long[] amounts)
    {
        var part = await Client.GetStatementAsync(Submitter, new StatementQuery { From = Start.AddSeconds(from), To = Start.AddSeconds(to) }, default);

        Assert.Equal(amounts, part.Items.Select(line => -line.Amount));
        Assert.Equal(-Sum(Rewards), part.Balance);
    }

    [Fact]
    public async Task Statement_BetweenMilliseconds_RoundedUp()
    {
        var part = await Client.GetStatementAsync(Submitter, new StatementQuery { From = Start.AddSeconds(10).AddTicks(1), To = Start.AddSeconds(12).AddTicks(1) }, default);

        Assert.Equal([13L, 12L], part.Items.Select(line => -line.Amount));
    }

    [Fact]
    public async Task StatementCsv_Submitter_EveryByte()
    {
        var csv = Encoding.UTF8.GetString(await Client.GetStatementCsvAsync(Submitter, new StatementQuery { From = Start, To = Start.AddSeconds(2) }, default));

        Assert.Equal(
            $""""
            account,transaction,at,kind,amount,balance,counterparty,task,gas,pricePerMegaGas,bid,base,bonusPermille,bonus,fault
            "submitter:=cmd(), ""a""",1,2030-01-02T03:04:05.000Z,reward,-1,-1,{NodeAccount},{_tasks[0]},1000,1000,,1,,,
            "submitter:=cmd(), ""a""",2,2030-01-02T03:04:06.000Z,reward,-2,-3,{NodeAccount},{_tasks[1]},2000,1000,,2,,,

            """".ReplaceLineEndings("\r\n"),
            csv);
    }

    [Fact]
    public async Task RewardsCsv_WholeNode_AllLinesOldestFirst()
    {
        using var response = await _server!.Http.GetAsync($"api/v1/nodes/{Node}/rewards", ("Accept", MediaTypes.Csv));
        var lines = (await response.Content.ReadAsStringAsync()).Split("\r\n");

        Assert.Equal("text/csv; charset=utf-8; header=present", response.Content.Headers.ContentType?.ToString());
        Assert.Equal(Rewards + 3, lines.Length);
        Assert.Equal($"{NodeAccount},251,2030-01-02T03:08:15.000Z,penalty,-10000,{Sum(Rewards) - 10_000},treasury,{_tasks[Rewards]},,,,,,,divergent", lines[^2]);
        Assert.Empty(lines[^1]);
        Assert.Equal(await response.Content.ReadAsByteArrayAsync(), await Client.GetRewardsCsvAsync(Node, new StatementQuery(), default));
    }

    [Fact]
    public async Task Rewards_Node_BalanceAndTotals()
    {
        var rewards = await Client.GetRewardsAsync(Node, new StatementQuery { Limit = 1 }, default);

        Assert.Equal((Node.ToString(), NodeAccount.ToString(), Sum(Rewards) - 10_000), (rewards.Node, rewards.Account, rewards.Balance));
        Assert.Equal([new AccountTotal("penalty", 1, -10_000), new AccountTotal("reward", Rewards, Sum(Rewards))], rewards.Totals);
        Assert.Equal(("penalty", "251"), (Assert.Single(rewards.Items).Kind, rewards.Next));
    }

    [Fact]
    public async Task Metrics_OfTheLedger_AreItsTotals()
    {
        var text = await _server!.Http.GetStringAsync("metrics");

        Assert.Contains($"vcp_ledger_transactions_total{{kind=\"reward\"}} {Rewards}\n", text, StringComparison.Ordinal);
        Assert.Contains("vcp_ledger_transactions_total{kind=\"penalty\"} 1\n", text, StringComparison.Ordinal);
        Assert.Contains($"vcp_ledger_paid_microcredits_total {Sum(Rewards)}\n", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("api/v1/ledger?limit=0", "malformed-request")]
    [InlineData("api/v1/ledger?limit=201", "malformed-request")]
    [InlineData("api/v1/ledger?after=-1", "malformed-request")]
    [InlineData("api/v1/ledger?after=x", "malformed-request")]
    [InlineData("api/v1/ledger/accounts?limit=0", "malformed-request")]
    [InlineData("api/v1/ledger/accounts/treasury/statement?from=yesterday", "malformed-request")]
    [InlineData("api/v1/ledger/accounts/treasury/statement?from=2030-01-02T00:00:00Z&to=2030-01-01T00:00:00Z", "malformed-request")]
    [InlineData("api/v1/ledger/accounts/nobody/statement", "account-not-found")]
    [InlineData("api/v1/ledger/accounts/submitter:nobody/statement", "account-not-found")]
    [InlineData("api/v1/nodes/nobody/rewards", "node-not-found")]
    [InlineData("api/v1/nodes/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA/rewards", "node-not-found")]
    public async Task Get_Wrong_Refused(string path, string code) => await _server!.Http.GetAsync(path).ProblemAsync(code);

    [Fact]
    public async Task Get_WithoutKey_Unauthorized()
    {
        await using var open = await RunningServer.StartAsync(new ServerSetup { NodeWorks = false, Url = "http://0.0.0.0:0" });
        using var stranger = VcpClient.CreateHttp(open.Url, null);

        await Calls.RefusedAsync(HttpStatusCode.Unauthorized, "unauthorized", () => new VcpClient(stranger).GetLedgerAsync(null, null, default));
        Assert.Equal(0, (await open.Client.GetLedgerAsync(null, null, default)).Transactions);
        await Calls.RefusedAsync(HttpStatusCode.Unauthorized, "unauthorized", () => new VcpClient(stranger).GetStatementCsvAsync(LedgerAccount.Treasury, new StatementQuery(), default));
    }

    private static long Sum(long count) => count * (count + 1) / 2;
}
