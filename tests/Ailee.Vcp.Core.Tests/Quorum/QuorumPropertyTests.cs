using Ailee.Vcp.Core.Quorum;

namespace Ailee.Vcp.Core.Tests.Quorum;

public sealed class QuorumPropertyTests
{
    private const int Schedules = 5000;

    [Fact]
    public void Apply_RandomSchedules_AgreeWithRecounting()
    {
        var seen = new HashSet<string>();

        ForEachSeed(seed =>
        {
            var schedule = new RandomSchedule(seed);
            var (state, model) = (QuorumState.Start(Ballot.Task, schedule.Policy), new NaiveQuorum(schedule.Policy));
            Assert.Equal(model.Decision, QuorumText.Of(state.Decision));
            foreach (var happened in schedule.Events)
            {
                var step = QuorumAggregator.Apply(state, happened);
                state = step.State;

                Assert.Equal(model.Next(happened), QuorumText.Of(step.Verdict));
                Assert.Equal(model.Decision, QuorumText.Of(state.Decision));
                seen.Add(step.Verdict.Code);
                seen.Add(state.Decision.GetType().Name);
            }
        });

        // Schedules that never come to something prove nothing about it.
        Assert.Equal(
            [
                "Failed", "NeedsReplica", "Undecided", "Won", "accepted", "again", "counted", "equivocation", "late", "late-agrees", "late-diverges",
                "lease-mismatch", "lease-unknown", "node-not-enrolled", "not-needed", "owner-has-voted", "profile-mismatch", "task-mismatch", "vote-void",
            ],
            seen.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Apply_RandomSchedules_KeepWhatMustHold() => ForEachSeed(seed =>
    {
        var schedule = new RandomSchedule(seed);
        var (state, stored) = (QuorumState.Start(Ballot.Task, schedule.Policy), new List<QuorumEvent>());
        foreach (var happened in schedule.Events)
        {
            var step = QuorumAggregator.Apply(state, happened);
            Assert.True(!state.Decision.IsFinal || ReferenceEquals(state.Decision, step.State.Decision), "A decision changed.");
            if (step.Changed)
            {
                stored.Add(happened);
            }

            state = step.State;
            AssertOnePlaceEach(state);
            Assert.True(state.Answers.Count <= 3 * state.Leases.Count, "More answers are kept than nodes can give.");
        }

        var replayed = QuorumAggregator.Replay(Ballot.Task, schedule.Policy, stored);
        Assert.Equal(QuorumText.Of(state.Decision), QuorumText.Of(replayed.Decision));
        Assert.Equal((state.Leases, state.Answers, state.Votes), (replayed.Leases, replayed.Answers, replayed.Votes), SameLists);
    });

    // What the nodes come to is fixed, only the order in which it arrives is not.
    [Fact]
    public void Apply_SameVotesInAnyOrder_DecideTheSame() => ForEachSeed(seed =>
    {
        var random = new Random(seed);
        var replicas = random.Next(1, 8);
        var policy = new QuorumPolicy(replicas, random.Next((replicas / 2) + 1, replicas + 1), replicas + random.Next(0, 6));
        // Of each replica: the payload that it votes for, or null if its lease ends without a vote.
        var ends = Enumerable.Range(0, policy.MaxAttempts).Select(_ => random.Next(0, 6) switch { 0 => null, 1 => "q", 2 => "r", 3 => "s", _ => "p" }).ToArray();

        var orders = Enumerable.Range(0, 3).Select(_ => Run(policy, ends, random)).ToList();

        Assert.Single(orders.Distinct());
    });

    private static string Run(QuorumPolicy policy, string?[] ends, Random random)
    {
        var (state, asked) = (QuorumState.Start(Ballot.Task, policy), new List<int>());
        while (state.Decision is QuorumDecision.NeedsReplica needs)
        {
            Assert.Equal(0, needs.Outstanding);
            asked.Add(needs.Count);
            var batch = Enumerable.Range(state.Leases.Count, needs.Count).ToArray();
            state = batch.Aggregate(state, (before, replica) => QuorumAggregator.Apply(before, Grant(replica)).State);
            random.Shuffle(batch);
            state = batch.Aggregate(state, (before, replica) => QuorumAggregator.Apply(before, EndOf(replica, ends[replica])).State);
        }

        return $"{string.Join(' ', asked)}: {(state.Decision is QuorumDecision.Won won ? QuorumText.Of(won.Payload) : QuorumText.Of(state.Decision))}";
    }

    private static string Name(int replica) => ((char)('A' + replica)).ToString();

    private static QuorumEvent.LeaseGranted Grant(int replica) =>
        new(new Guid(replica, 0, 0, new byte[8]), Ballot.Node(Name(replica)), Ballot.Owner(Name(replica)), Ballot.Profile);

    private static QuorumEvent EndOf(int replica, string? payload) => payload is null
        ? new QuorumEvent.LeaseEnded(new Guid(replica, 0, 0, new byte[8]), Lost: false)
        : Ballot.Statement(Name(replica), payload);

    private static void AssertOnePlaceEach(QuorumState state)
    {
        var outstanding = state.Decision.IsFinal ? [] : state.Leases.Where(lease => lease.State == QuorumLeaseState.Outstanding).Select(lease => lease.Granted);
        var places = state.Votes.Select(vote => (vote.Node, vote.Owner)).Concat(outstanding.Select(lease => (lease.Node, lease.Owner))).ToList();
        Assert.Equal(places.Count, places.Select(place => place.Node).Distinct().Count());
        Assert.Equal(places.Count, places.Select(place => place.Owner).Distinct().Count());
        if (state.Decision is QuorumDecision.Won won)
        {
            Assert.True(won.Votes.Count >= state.Policy.Quorum && 2 * won.Votes.Count > state.Votes.Count, "A minority won.");
            Assert.All(won.Votes, vote => Assert.Contains(vote, state.Votes));
        }
    }

    private static bool SameLists(
        (IReadOnlyList<QuorumLease> Leases, IReadOnlyList<QuorumAnswer> Answers, IReadOnlyList<QuorumClaim> Votes) one,
        (IReadOnlyList<QuorumLease> Leases, IReadOnlyList<QuorumAnswer> Answers, IReadOnlyList<QuorumClaim> Votes) other) =>
        one.Leases.SequenceEqual(other.Leases) && one.Answers.SequenceEqual(other.Answers) && one.Votes.SequenceEqual(other.Votes);

    private static void ForEachSeed(Action<int> check)
    {
        for (var seed = 0; seed < Schedules; seed++)
        {
            try
            {
                check(seed);
            }
            catch (Exception exception)
            {
                throw new InvalidOperationException($"Seed {seed}: {exception.Message}", exception);
            }
        }
    }
}
