namespace Ailee.Vcp.Core.Quorum;

/// <summary>What statements do to the state.</summary>
internal static class QuorumStatements
{
    public static (QuorumState State, QuorumVerdict Verdict) Receive(QuorumState state, QuorumEvent.StatementReceived received)
    {
        var said = state.Answers.Where(answer => answer.Claim.Node == received.Node).ToList();
        if (said.Find(answer => answer.Claim.Statement == received.Statement) is { } known)
        {
            return (state, new QuorumVerdict.Again(known.Verdict));
        }

        return Ineligible(state, received) is { } reason
            ? (state, new QuorumVerdict.NotEligible(reason))
            : Answer(state, said, new QuorumClaim(received.Node, received.Owner!.Value, received.Payload, received.Statement));
    }

    private static string? Ineligible(QuorumState state, QuorumEvent.StatementReceived received) =>
        received.Task != state.Task ? QuorumIneligible.Task
        : received.Owner is null ? QuorumIneligible.NotEnrolled
        : !state.Leases.Any(lease => lease.Granted.Node == received.Node) ? QuorumIneligible.Lease
        : received.Profile != state.Profile ? QuorumIneligible.Profile
        : null;

    private static (QuorumState State, QuorumVerdict Verdict) Answer(QuorumState state, List<QuorumAnswer> said, QuorumClaim claim)
    {
        var same = said.FindLast(answer => answer.Claim.Payload == claim.Payload);
        if (said.Find(answer => answer.Claim.Payload != claim.Payload) is { } other)
        {
            // Two payloads prove it; what the node says beyond them is neither kept nor held against it again.
            return (same ?? said.Find(answer => answer.Verdict is QuorumVerdict.Equivocation)) is { } told
                ? (state, new QuorumVerdict.Again(told.Verdict))
                : Void(state, other.Claim, claim);
        }

        // The owner's place may have become free since: only that answer is looked at anew.
        if (same is { Verdict: not QuorumVerdict.OwnerHasVoted })
        {
            return (state, new QuorumVerdict.Again(same.Verdict));
        }

        if (state.Decision.IsFinal)
        {
            return Keep(state, claim, new QuorumVerdict.Late((state.Decision as QuorumDecision.Won)?.Payload is { } payload ? claim.Payload == payload : null));
        }

        if (state.Places.Any(place => place.Owner == claim.Owner && place.Node != claim.Node))
        {
            return same is null ? Keep(state, claim, new QuorumVerdict.OwnerHasVoted()) : (state, new QuorumVerdict.Again(same.Verdict));
        }

        var voted = state with { Votes = [.. state.Votes, claim], Leases = QuorumLeases.EndOf(state, claim.Node) };
        return Keep(voted, claim, new QuorumVerdict.Counted());
    }

    private static (QuorumState State, QuorumVerdict Verdict) Void(QuorumState state, QuorumClaim first, QuorumClaim second)
    {
        var voided = state.Decision.IsFinal
            ? state
            : state with { Votes = [.. state.Votes.Where(vote => vote.Node != second.Node)], Leases = QuorumLeases.EndOf(state, second.Node) };
        return Keep(voided, second, new QuorumVerdict.Equivocation(first));
    }

    private static (QuorumState State, QuorumVerdict Verdict) Keep(QuorumState state, QuorumClaim claim, QuorumVerdict verdict) =>
        (state with { Answers = [.. state.Answers, new QuorumAnswer(claim, verdict)] }, verdict);
}
