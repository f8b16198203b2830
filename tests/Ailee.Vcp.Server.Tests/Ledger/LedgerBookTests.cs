using Ailee.Vcp.Client.Ledger;
using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Core.Ledger;
using Ailee.Vcp.Server.Ledger;
using Microsoft.Data.Sqlite;

namespace Ailee.Vcp.Server.Tests.Ledger;

public sealed class LedgerBookTests
{
    private static readonly LedgerAccount Admin = LedgerAccount.OfSubmitter("admin");

    [Fact]
    public async Task Reward_Completed_MovesGasTimesPriceFromSubmitterToNode()
    {
        using var bed = new LedgerBed();

        var posted = await bed.RewardAsync(task: 0, node: 1, gas: 12_345_678);

        Assert.Equal(12_345, posted);
        Assert.Equal((-12_345, 12_345), (bed.Balance(Admin), bed.Balance(node: 1)));
        var entry = Assert.Single(bed.Transactions());
        Assert.Equal((1, "reward", LedgerBed.Now, $"reward:{bed.Tasks[0]}:{bed.Nodes[1]}"), (entry.Id, entry.Kind, entry.At, entry.Key));
        Assert.Equal((bed.Tasks[0].ToString(), bed.Nodes[1].ToString()), (entry.Task, entry.Node));
        Assert.Equal(new LedgerDetail { Gas = 12_345_678, PricePerMegaGas = 1000, Base = 12_345 }, entry.Detail);
        Assert.Equal([new LedgerPostingView($"node:{bed.Nodes[1]}", 12_345), new LedgerPostingView("submitter:admin", -12_345)], entry.Postings);
        Assert.Empty(bed.Faults());
    }

    [Fact]
    public async Task Reward_Again_PostsNothing()
    {
        using var bed = new LedgerBed();
        await bed.RewardAsync(0, 0);

        Assert.Equal(0, await bed.RewardAsync(0, 0));
        Assert.Equal(0, await bed.RewardAsync(0, 0, gas: 99_000_000, submitter: "other"));

        Assert.Equal(10_000, bed.Balance(node: 0));
        Assert.Single(bed.Transactions());
    }

    [Theory]
    [InlineData(Outcome.Completed, false, 10_000)]
    [InlineData(Outcome.OutOfFuel, false, 10_000)]
    [InlineData(Outcome.OutputLimit, false, 10_000)]
    [InlineData(Outcome.Trapped, false, 0)]
    [InlineData(Outcome.Trapped, true, 10_000)]
    public async Task Reward_Outcome_PaidUnlessTheGasIsNotExact(Outcome outcome, bool exact, long expected)
    {
        using var bed = new LedgerBed();

        var posted = await bed.Database.WriteAsync(transaction => bed.Book.Reward(transaction, bed.Tasks[0], bed.Nodes[0], "admin", 10_000_000, outcome, exact, null, null, null, LedgerBed.Now));

        Assert.Equal((expected, expected), (posted, bed.Balance(node: 0)));
    }

    [Theory]
    [InlineData(1500.0, 1000.0, 250, 250, 12_500)]
    [InlineData(1100.0, 1000.0, 250, 100, 11_000)]
    [InlineData(1001.0, 1000.0, 250, 1, 10_010)]
    [InlineData(1500.0, 1000.0, 30, 30, 10_300)]
    public async Task Reward_FasterThanTheMedian_BonusOnTop(double speed, double median, int most, int permille, long expected)
    {
        using var bed = new LedgerBed(new LedgerOptions { BonusPermille = most });

        var posted = await bed.Database.WriteAsync(transaction => bed.Book.Reward(transaction, bed.Tasks[0], bed.Nodes[0], "admin", 10_000_000, Outcome.Completed, false, null, speed, median, LedgerBed.Now));

        Assert.Equal((expected, expected, -expected), (posted, bed.Balance(node: 0), bed.Balance(Admin)));
        var detail = Assert.Single(bed.Transactions()).Detail;
        Assert.Equal((10_000, permille, expected - 10_000), (detail.Base, detail.BonusPermille, detail.Bonus));
    }

    [Theory]
    [InlineData(1000.0, 1000.0)]
    [InlineData(500.0, 1000.0)]
    [InlineData(null, 1000.0)]
    [InlineData(1500.0, null)]
    [InlineData(double.NaN, 1000.0)]
    [InlineData(1500.0, 0.0)]
    public async Task Reward_NotFasterOrUnknown_NoBonus(double? speed, double? median)
    {
        using var bed = new LedgerBed();

        await bed.Database.WriteAsync(transaction => bed.Book.Reward(transaction, bed.Tasks[0], bed.Nodes[0], "admin", 10_000_000, Outcome.Completed, false, null, speed, median, LedgerBed.Now));

        Assert.Equal(10_000, bed.Balance(node: 0));
        Assert.Null(Assert.Single(bed.Transactions()).Detail.Bonus);
    }

    [Fact]
    public async Task Reward_Bid_PaidThatAndNoBonus()
    {
        using var bed = new LedgerBed();

        var posted = await bed.Database.WriteAsync(transaction => bed.Book.Reward(transaction, bed.Tasks[0], bed.Nodes[0], "admin", 10_000_000, Outcome.Completed, false, 7, 2000, 1000, LedgerBed.Now));

        Assert.Equal(70, posted);
        Assert.Equal(new LedgerDetail { Gas = 10_000_000, PricePerMegaGas = 7, Bid = true, Base = 70 }, Assert.Single(bed.Transactions()).Detail);
    }

    [Theory]
    [InlineData(999, null)]
    [InlineData(10_000_000, 0L)]
    public async Task Reward_LessThanAMicroCredit_NothingPosted(long gas, long? bid)
    {
        using var bed = new LedgerBed();

        Assert.Equal(0, await bed.RewardAsync(0, 0, gas, bid));

        Assert.Empty(bed.Transactions());
    }

    [Fact]
    public async Task Reward_BeyondWhatABalanceHolds_NotPostedAndTheRestGoesOn()
    {
        using var bed = new LedgerBed(tasks: 12);
        // Each is paid the most that a task can be: nine fit below 2^53.
        var posted = new List<long>();
        for (var task = 0; task < 11; task++)
        {
            posted.Add(await bed.RewardAsync(task, 0, gas: 10_000_000_000_000_000, bid: 1_000_000_000_000));
        }

        Assert.Equal([.. Enumerable.Repeat(1_000_000_000_000_000L, 9), 0, 0], posted);
        Assert.Equal(1, await bed.RewardAsync(11, 0, gas: 1000));
        Assert.Empty(bed.Faults());
    }

    [Fact]
    public async Task Penalty_Fault_MovesItFromNodeToTreasuryOnce()
    {
        using var bed = new LedgerBed(new LedgerOptions { PenaltyMicroCredits = 77 });

        Assert.Equal(77, await bed.PenaltyAsync(node: 0, task: 3));
        Assert.Equal(0, await bed.PenaltyAsync(node: 0, task: 3));
        Assert.Equal(77, await bed.PenaltyAsync(node: 0, task: 3, kind: "equivocation"));
        Assert.Equal(77, await bed.PenaltyAsync(node: 1, task: 3));

        Assert.Equal((-154, -77, 231), (bed.Balance(node: 0), bed.Balance(node: 1), bed.Balance(LedgerAccount.Treasury)));
        Assert.Equal(["divergent", "equivocation", "divergent"], bed.Transactions().Select(entry => entry.Detail.Fault));
        Assert.Empty(bed.Faults());
    }

    [Fact]
    public async Task Penalty_WithoutTask_OnceAMillisecond()
    {
        using var bed = new LedgerBed();

        await bed.PenaltyAsync(0, null);
        await bed.PenaltyAsync(0, null);
        await bed.PenaltyAsync(0, null, now: LedgerBed.Now.AddMilliseconds(1));

        Assert.Equal(-20_000, bed.Balance(node: 0));
    }

    [Fact]
    public async Task Post_ClockSetBack_DatedAsTheOneBefore()
    {
        using var bed = new LedgerBed();
        await bed.RewardAsync(0, 0);

        await bed.RewardAsync(1, 0, now: LedgerBed.Now.AddHours(-1));

        Assert.All(bed.Transactions(), entry => Assert.Equal(LedgerBed.Now, entry.At));
        Assert.Empty(bed.Faults());
    }

    [Fact]
    public async Task Post_ChangeThatFailsAfterwards_LeavesNothing()
    {
        using var bed = new LedgerBed();

        await Assert.ThrowsAsync<InvalidOperationException>(() => bed.Database.WriteAsync<int>(transaction =>
        {
            bed.Book.Reward(transaction, bed.Tasks[0], bed.Nodes[0], "admin", 10_000_000, Outcome.Completed, false, null, null, null, LedgerBed.Now);
            throw new InvalidOperationException("The decision failed.");
        }));

        Assert.Empty(bed.Transactions());
        Assert.Equal(10_000, await bed.RewardAsync(0, 0));
        Assert.Empty(bed.Faults());
    }

    [Fact]
    public async Task Post_UnknownNode_Refused()
    {
        using var bed = new LedgerBed();

        await Assert.ThrowsAsync<SqliteException>(() => bed.Database.WriteAsync(transaction => bed.Book.Penalty(transaction, LedgerBed.NodeOf(99), "divergent", null, LedgerBed.Now)));

        Assert.Empty(bed.Transactions());
        Assert.Equal(0, bed.Balance(LedgerAccount.Treasury));
    }

    [Theory]
    [InlineData("UPDATE ledger_transactions SET kind = 'penalty'")]
    [InlineData("DELETE FROM ledger_transactions")]
    [InlineData("UPDATE ledger_postings SET amount = amount + 1")]
    [InlineData("DELETE FROM ledger_postings WHERE amount < 0")]
    [InlineData("INSERT OR REPLACE INTO ledger_transactions (id, key, kind, at_ms) VALUES (1, 'other', 'reward', 1)")]
    [InlineData("INSERT OR REPLACE INTO ledger_transactions (key, kind, at_ms) SELECT key, 'reward', 1 FROM ledger_transactions")]
    [InlineData("INSERT OR REPLACE INTO ledger_postings SELECT txn, account, 0, 0 FROM ledger_postings")]
    public async Task Database_ChangeOfWhatIsPosted_RefusedByTheDatabase(string sql)
    {
        using var bed = new LedgerBed();
        await bed.RewardAsync(0, 0);

        var exception = await Assert.ThrowsAsync<SqliteException>(() => bed.Database.WriteAsync(transaction => transaction.Execute(sql)));

        Assert.Contains("append-only", exception.Message, StringComparison.Ordinal);
        Assert.Empty(bed.Faults());
    }
}
