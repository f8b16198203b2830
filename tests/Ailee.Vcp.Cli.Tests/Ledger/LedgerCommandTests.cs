using System.Text;
using System.Text.Json;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Server;
using Ailee.Vcp.Server.Ledger;
using Ailee.Vcp.Server.Nodes;
using Ailee.Vcp.Server.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Ailee.Vcp.Cli.Tests.Ledger;

/// <summary>The ledger commands against a real server's directory and address.</summary>
public sealed class LedgerCommandTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Now = new(2030, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private static readonly TaskId Some = TaskId.Create(Now);

    private readonly TempDirectory _directory = new();
    private WebApplication? _app;
    private NodeId _node;

    private string Data => _directory.Path("data");

    private string Address => _app!.Urls.Single();

    public async ValueTask InitializeAsync()
    {
        _app = ServerHost.Build(["--urls", "http://127.0.0.1:0", "--Storage:DataDirectory", Data, "--Sandbox:MemoryBytes", "33554432"]);
        await _app.StartAsync();
        var database = _app.Services.GetRequiredService<IDatabase>();
        var book = _app.Services.GetRequiredService<LedgerBook>();
        _node = Assert.Single(database.Read(NodeStore.List)).Id;
        await database.WriteAsync(transaction =>
        {
            transaction.Execute(
                "INSERT INTO tasks (id, state, module, entrypoint, nonce, timeout_ms, submitted_ms) VALUES ($id, 'completed', x'00', 'f', x'00', 1, 1)",
                ("$id", Some.ToArray()));
            book.Reward(transaction, Some, _node, "admin", 5_000_000, Outcome.Completed, false, null, null, null, Now);
            return book.Penalty(transaction, _node, "replayed-statement", null, Now.AddSeconds(1));
        });
    }

    public async ValueTask DisposeAsync()
    {
        await _app!.StopAsync();
        await _app.DisposeAsync();
        _directory.Dispose();
    }

    [Fact]
    public async Task Check_WhileTheServerRuns_Sound()
    {
        var run = await CliRun.OfAsync("ledger", "check", "--data", Data);

        Assert.Equal((0, "2 transactions, 3 accounts\nSOUND\n", string.Empty), (run.ExitCode, run.Stdout, run.Stderr));
    }

    [Fact]
    public async Task Check_Damaged_NamesEachFaultAndExitsWith1()
    {
        await _app!.Services.GetRequiredService<IDatabase>().WriteAsync(transaction => transaction.Execute("UPDATE ledger_balances SET amount = 1 WHERE account = 'treasury'"));

        var run = await CliRun.OfAsync("ledger", "check", "--data", Data);
        var json = await CliRun.OfAsync("ledger", "check", "--data", Data, "--json");

        Assert.Equal(
            (1, "account treasury: 1 is kept as its balance, its postings sum to 10000\nbalances: they sum to -9999, not to 0\n2 transactions, 3 accounts\nNOT SOUND: 2 faults\n"),
            (run.ExitCode, run.Stdout));
        var report = JsonDocument.Parse(json.StdoutBytes).RootElement;
        Assert.Equal((1, false, 2, 2), (json.ExitCode, report.GetProperty("sound").GetBoolean(), report.GetProperty("transactions").GetInt32(), report.GetProperty("faults").GetArrayLength()));
    }

    [Fact]
    public void Check_EveryRow_IsReadAsTheServerReadsIt()
    {
        using var ours = new Cli.Ledger.DirectoryLedger(Data);

        _app!.Services.GetRequiredService<IDatabase>().Read(transaction =>
        {
            var theirs = new LedgerReader(transaction);
            Assert.Equal(theirs.Transactions(), ours.Transactions());
            Assert.Equal(theirs.Postings(), ours.Postings());
            Assert.Equal(theirs.Balances(), ours.Balances());
            Assert.Equal(theirs.Totals(), ours.Totals());
            Assert.Equal(theirs.Nodes(), ours.Nodes());
            return Assert.Single(ours.Nodes());
        });
        Assert.Equal((2, 4), (ours.Transactions().Count(), ours.Postings().Count()));
    }

    [Fact]
    public async Task Check_NoDataDirectory_SaysSo()
    {
        var run = await CliRun.OfAsync("ledger", "check", "--data", _directory.Path("nothing"));

        Assert.Equal(125, run.ExitCode);
        Assert.Contains("is no data directory", run.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_DatabaseFromBeforeTheLedger_SaysSo()
    {
        Directory.CreateDirectory(_directory.Path("old"));
        using (var session = new SqliteSession(Path.Combine(_directory.Path("old"), "vcp.db")))
        {
            session.Execute("CREATE TABLE tasks (id BLOB)");
        }

        var run = await CliRun.OfAsync("ledger", "check", "--data", _directory.Path("old"));

        Assert.Equal(125, run.ExitCode);
        Assert.Contains("an older version", run.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Export_Csv_TheServersBytes()
    {
        var run = await CliRun.OfAsync("ledger", "export", $"node:{_node}", "--csv", "--server", Address);

        Assert.Equal((0, string.Empty), (run.ExitCode, run.Stderr));
        Assert.Equal(
            $"""
            account,transaction,at,kind,amount,balance,counterparty,task,gas,pricePerMegaGas,bid,base,bonusPermille,bonus,fault
            node:{_node},1,2030-01-02T03:04:05.000Z,reward,5000,5000,submitter:admin,{Some},5000000,1000,,5000,,,
            node:{_node},2,2030-01-02T03:04:06.000Z,penalty,-10000,-5000,treasury,,,,,,,,replayed-statement

            """.ReplaceLineEndings("\r\n"),
            Encoding.UTF8.GetString(run.StdoutBytes));
    }

    [Fact]
    public async Task Export_Lines_NewestFirstWithTheBalance()
    {
        var run = await CliRun.OfAsync("ledger", "export", $"node:{_node}", "--server", Address, "--from", "2030-01-02T03:04:06Z");

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(
            $"2030-01-02T03:04:06.000Z  penalty           -10000             -5000  treasury  replayed-statement\nBalance of node:{_node}: -5000 micro-credits\n",
            run.Stdout);
    }

    [Theory]
    [InlineData("somebody", "is no account")]
    [InlineData("submitter:nobody", "The server refused")]
    public async Task Export_NoSuchAccount_SaysSo(string account, string expected)
    {
        var run = await CliRun.OfAsync("ledger", "export", account, "--csv", "--server", Address);

        Assert.Equal((125, string.Empty), (run.ExitCode, run.Stdout));
        Assert.Contains(expected, run.Stderr, StringComparison.Ordinal);
    }
}
