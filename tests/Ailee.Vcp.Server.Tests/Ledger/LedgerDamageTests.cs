using Ailee.Vcp.Server.Storage;
using Ailee.Vcp.Server.Tests.Hosting;

namespace Ailee.Vcp.Server.Tests.Ledger;

/// <summary>Every kind of damage is named by the check. Whoever damages it has dropped the triggers before.</summary>
public sealed class LedgerDamageTests
{
    /// <summary>Ways to damage a ledger of three rewards and a penalty, and what is said first.</summary>
    public static TheoryData<string, string> Damages { get; } = new()
    {
        { "UPDATE ledger_postings SET amount = amount + 5 WHERE txn = 2 AND account = 'submitter:admin'", "transaction 2: the balance of submitter:admin is -30000 after it, the postings sum to -29995" },
        { "UPDATE ledger_postings SET balance = balance + 5 WHERE txn = 4 AND account = 'treasury'", "transaction 4: the balance of treasury is 10005 after it, the postings sum to 10000" },
        { "UPDATE ledger_postings SET amount = 7, balance = 7 WHERE txn = 4 AND account = 'treasury'", "transaction 4: its postings sum to -9993, not to 0" },
        { "DELETE FROM ledger_postings WHERE txn = 4 AND account = 'treasury'", "transaction 4: has 1 postings" },
        { "DELETE FROM ledger_postings WHERE txn = 4", "transaction 4: has 0 postings" },
        { "DELETE FROM ledger_transactions WHERE id = 2", "transaction 2: is missing" },
        { "DELETE FROM ledger_transactions WHERE id = 4", "transaction 4: is missing, but node:" },
        { "UPDATE ledger_transactions SET id = 9 WHERE id = 4; UPDATE ledger_postings SET txn = 9 WHERE txn = 4", "transaction 4: is missing" },
        { "UPDATE ledger_transactions SET at_ms = 1 WHERE id = 3", "transaction 3: is dated before the one before it" },
        { "UPDATE ledger_transactions SET kind = 'gift' WHERE id = 3", "transaction 3: there is no kind 'gift'" },
        { "UPDATE ledger_balances SET amount = amount + 5 WHERE account = 'treasury'", "account treasury: 10005 is kept as its balance, its postings sum to 10000" },
        { "DELETE FROM ledger_balances WHERE account = 'treasury'", "account treasury: no balance is kept, its postings sum to 10000" },
        { "INSERT INTO ledger_balances VALUES ('somebody', 0)", "account somebody: is not that of a submitter, an enrolled node or the treasury" },
        { "INSERT INTO ledger_balances VALUES ('submitter:new', 1)", "account submitter:new: 1 is kept as its balance, its postings sum to 0" },
        { "UPDATE ledger_totals SET transactions = 9 WHERE account = 'treasury'", "total penalty of treasury: 10000 in 9 transactions is kept, the postings give 10000 in 1" },
        { "UPDATE ledger_totals SET amount = 9 WHERE account = 'treasury'", "total penalty of treasury: 9 in 1 transactions is kept, the postings give 10000 in 1" },
        { "DELETE FROM ledger_totals WHERE account = 'treasury'", "total penalty of treasury: none is kept, the postings give 10000 in 1" },
        { "UPDATE ledger_transactions SET task = x'00' WHERE id = 2", "transaction 2: it names a task that is not stored" },
        { "UPDATE ledger_transactions SET node = x'00' WHERE id = 2", "transaction 2: it names a node that is not enrolled" },
        {
            """
            ALTER TABLE ledger_transactions RENAME TO was;
            CREATE TABLE ledger_transactions (id INTEGER PRIMARY KEY, key TEXT, kind TEXT, at_ms INTEGER, task BLOB, node BLOB, detail TEXT);
            INSERT INTO ledger_transactions SELECT id, 'same', kind, at_ms, task, node, detail FROM was
            """,
            "key same: more than one transaction has it"
        },
    };

    [Theory]
    [MemberData(nameof(Damages))]
    public async Task Check_Damaged_NamesIt(string damage, string expected)
    {
        using var bed = await BedAsync();

        Damage(bed.Database, damage);

        Assert.StartsWith(expected, bed.Faults()[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_OfANodeThatIsGone_NamesItsAccount()
    {
        using var bed = await BedAsync();

        Damage(bed.Database, "DELETE FROM nodes WHERE id IN (SELECT node FROM ledger_transactions WHERE id = 1)");

        Assert.Equal(
            ["transaction 1: it names a node that is not enrolled", "transaction 3: it names a node that is not enrolled", "transaction 4: it names a node that is not enrolled", $"account node:{bed.Nodes[0]}: is not that of a submitter, an enrolled node or the treasury"],
            bed.Faults());
    }

    [Fact]
    public async Task Check_MoreThanOnePart_WholeAndDamagedAtTheEnd()
    {
        using var bed = new LedgerBed(tasks: 6000, nodes: 1);
        await bed.Database.WriteAsync(transaction => bed.Tasks.Sum(task => bed.Book.Reward(transaction, task, bed.Nodes[0], "admin", 1000, Core.Execution.Outcome.Completed, false, null, null, null, LedgerBed.Now)));
        Assert.Empty(bed.Faults());

        Damage(bed.Database, "DELETE FROM ledger_postings WHERE txn = 5999 AND amount < 0");

        Assert.Equal("transaction 5999: has 1 postings", bed.Faults()[0]);
    }

    [Fact]
    public async Task Start_DamagedLedger_RefusedWithTheFirstFaultAndStartsOnceItIsMended()
    {
        using var directory = new TempDirectory();
        var setup = new ServerSetup { Directory = directory.Path, NodeWorks = false };
        await using (var server = await RunningServer.StartAsync(setup))
        {
            await server.Database.WriteAsync(transaction => transaction.Execute("INSERT INTO ledger_balances VALUES ('treasury', 5)"));
        }

        var exception = await Assert.ThrowsAsync<StartupException>(() => RunningServer.StartAsync(setup));

        Assert.Contains("ledger", exception.Message, StringComparison.Ordinal);
        Assert.Contains("account treasury: 5 is kept as its balance, its postings sum to 0.", exception.Message, StringComparison.Ordinal);
        Assert.Contains("vcp ledger check", exception.Message, StringComparison.Ordinal);
        using (var session = new SqliteSession(directory.File("vcp.db")))
        {
            session.Execute("DELETE FROM ledger_balances");
        }

        await using var mended = await RunningServer.StartAsync(setup);
    }

    private static async Task<LedgerBed> BedAsync()
    {
        var bed = new LedgerBed();
        await bed.RewardAsync(0, 0);
        await bed.RewardAsync(1, 1, gas: 20_000_000);
        await bed.RewardAsync(2, 0);
        await bed.PenaltyAsync(0, 3);
        Assert.Empty(bed.Faults());
        return bed;
    }

    private static void Damage(SqliteDatabase database, string damage)
    {
        using var session = new SqliteSession(database.Read(transaction => transaction.QueryFirst("SELECT file FROM pragma_database_list WHERE name = 'main'", row => row.Text(0)))!);
        session.Execute("PRAGMA foreign_keys = OFF");
        foreach (var trigger in session.Query("SELECT name FROM sqlite_schema WHERE type = 'trigger'", row => row.Text(0)))
        {
            session.Execute($"DROP TRIGGER {trigger}");
        }

        session.Execute(damage);
    }
}
