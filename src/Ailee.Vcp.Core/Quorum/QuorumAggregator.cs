namespace Ailee.Vcp.Core.Quorum;

/// <summary>Events in, verdicts and a decision out (docs/design/quorum.md). Pure: no clock, no chance, no I/O.</summary>
public static class QuorumAggregator
{
    /// <summary>The state that the events lead to, in their order.</summary>
    public static QuorumState Replay(TaskId task, QuorumPolicy policy, IEnumerable<QuorumEvent> events) =>
        events.Aggregate(QuorumState.Start(task, policy), (state, happened) => Apply(state, happened).State);

    /// <summary>The state after an event and what the event came to. Every event has an answer in every state.</summary>
    public static QuorumStep Apply(QuorumState state, QuorumEvent happened)
    {
        var (next, verdict) = happened switch
        {
            QuorumEvent.LeaseGranted granted => QuorumLeases.Grant(state, granted),
            QuorumEvent.LeaseEnded ended => QuorumLeases.End(state, ended),
            QuorumEvent.StatementReceived received => QuorumStatements.Receive(state, received),
            _ => QuorumLeases.Exhaust(state),
        };
        // The one place where a decision is made; a final one is never made again.
        return ReferenceEquals(next, state) ? new QuorumStep(state, verdict, Changed: false)
            : state.Decision.IsFinal ? new QuorumStep(next, verdict, Changed: true)
            : new QuorumStep(next with { Decision = Decide(next) }, verdict, Changed: true);
    }

    private static QuorumDecision Decide(QuorumState state)
    {
        var (policy, groups, cast, outstanding) = (state.Policy, QuorumGroup.Of(state.Votes), state.Votes.Count, state.Outstanding);
        if (groups.FirstOrDefault(group => QuorumArithmetic.Wins(group.Votes.Count, cast, outstanding, policy.Quorum)) is { } winner)
        {
            return new QuorumDecision.Won(winner.Payload, winner.Votes, [.. groups.Where(group => group != winner)], Equivocations(state));
        }

        var granted = state.Leases.Count;
        var spent = QuorumArithmetic.Spent(granted, state.Leases.Count(lease => lease.State == QuorumLeaseState.Lost));
        var left = state.Exhausted ? 0 : policy.MaxAttempts - spent;
        var leader = groups.Select(group => group.Votes.Count).DefaultIfEmpty().Max();
        var wanted = Math.Max(policy.Replicas - granted, QuorumArithmetic.Missing(leader, cast, outstanding, policy.Quorum));
        return Math.Min(wanted, left) is > 0 and var count ? new QuorumDecision.NeedsReplica(count, outstanding)
            : outstanding > 0 ? new QuorumDecision.Undecided(outstanding)
            : new QuorumDecision.Failed(groups, Equivocations(state));
    }

    private static IReadOnlyList<QuorumContradiction> Equivocations(QuorumState state) =>
    [
        .. state.Answers
            .Where(answer => answer.Verdict is QuorumVerdict.Equivocation)
            .Select(answer => new QuorumContradiction(((QuorumVerdict.Equivocation)answer.Verdict).First, answer.Claim))
            .OrderBy(pair => pair.First.Node.Thumbprint.ToHex(), StringComparer.Ordinal),
    ];
}
