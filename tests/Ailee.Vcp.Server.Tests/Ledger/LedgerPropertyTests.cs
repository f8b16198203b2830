using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Server.Ledger;
using CsCheck;

namespace Ailee.Vcp.Server.Tests.Ledger;

/// <summary>Whatever is posted, in whatever order and however often: nothing is paid twice, and every sum is what it must be.</summary>
public sealed class LedgerPropertyTests
{
    private static readonly string[] Submitters = ["a", "b"];

    private static readonly Gen<Posting[]> Schedules = Gen.Select(Gen.Bool, Gen.Int[0, 7], Gen.Int[0, 3], Gen.Int[0, 1], Gen.Long[0, 3_000_000])
        .Select(parts => new Posting(parts.Item1, parts.Item2, parts.Item3, Submitters[parts.Item4], parts.Item5))
        .Array[1, 60];

    [Fact]
    public void Post_RandomSchedules_BalancesAreThoseOfTheFirstPostingOfEachKey() => Schedules.Sample(
        schedule =>
        {
            using var bed = new LedgerBed();
            var (expected, used) = (new Dictionary<string, long>(), new HashSet<string>());

            foreach (var posting in schedule)
            {
                var posted = PostAsync(bed, posting).GetAwaiter().GetResult();

                Assert.Equal(used.Contains(posting.Key) ? 0 : posting.Amount, posted);
                if (posted > 0)
                {
                    used.Add(posting.Key);
                    var (debit, credit) = Sides(bed, posting);
                    expected[debit] = expected.GetValueOrDefault(debit) - posted;
                    expected[credit] = expected.GetValueOrDefault(credit) + posted;
                }
            }

            AssertWhole(bed, used.Count);
            Assert.Equal(expected.OrderBy(pair => pair.Key, StringComparer.Ordinal), Balances(bed));
        },
        iter: 40,
        threads: 1);

    [Fact]
    public void Post_AtOnceAndRepeated_NothingTwice() => Schedules.Sample(
        schedule =>
        {
            using var bed = new LedgerBed();

            var posted = Task.WhenAll(schedule.Concat(schedule).Select(posting => Task.Run(async () => (posting.Key, Amount: await PostAsync(bed, posting))))).GetAwaiter().GetResult();

            Assert.All(posted.GroupBy(result => result.Key), group => Assert.True(group.Count(result => result.Amount > 0) <= 1, $"{group.Key} was paid twice."));
            AssertWhole(bed, posted.Count(result => result.Amount > 0));
            Assert.Equal(posted.Sum(result => result.Amount), Balances(bed).Count == 0 ? 0 : bed.Transactions().Sum(entry => entry.Postings.Max(side => side.Amount)));
        },
        iter: 20,
        threads: 1);

    private static Task<long> PostAsync(LedgerBed bed, Posting posting) => posting.IsReward
        ? bed.Database.WriteAsync(transaction => bed.Book.Reward(
            transaction, bed.Tasks[posting.Task], bed.Nodes[posting.Node], posting.Submitter, posting.Gas, Outcome.Completed, false, null, null, null, LedgerBed.Now))
        : bed.PenaltyAsync(posting.Node, posting.Task);

    private static (string Debit, string Credit) Sides(LedgerBed bed, Posting posting) => posting.IsReward
        ? ($"submitter:{posting.Submitter}", $"node:{bed.Nodes[posting.Node]}")
        : ($"node:{bed.Nodes[posting.Node]}", "treasury");

    private static void AssertWhole(LedgerBed bed, int transactions)
    {
        Assert.Empty(bed.Faults());
        Assert.Equal(transactions, bed.Transactions().Count);
        Assert.All(bed.Transactions(), entry => Assert.Equal(0, entry.Postings.Sum(side => side.Amount)));
        Assert.Equal(0, bed.Database.Read(LedgerQueries.Accounts).Sum);
    }

    private static List<KeyValuePair<string, long>> Balances(LedgerBed bed) =>
        [.. bed.Database.Read(transaction => LedgerQueries.List(transaction, 1000, string.Empty)).Select(account => KeyValuePair.Create(account.Account, account.Balance))];

    private sealed record Posting(bool IsReward, int Task, int Node, string Submitter, long Gas)
    {
        public string Key => $"{IsReward} {Task} {Node}";

        public long Amount => IsReward ? Gas / 1000 : 10_000;
    }
}
