namespace Ailee.Vcp.Core.Quorum;

/// <summary>What leases do to the state.</summary>
internal static class QuorumLeases
{
    public static (QuorumState State, QuorumVerdict Verdict) Grant(QuorumState state, QuorumEvent.LeaseGranted granted)
    {
        if (state.Leases.FirstOrDefault(lease => lease.Granted.Lease == granted.Lease) is { } known)
        {
            return (state, known.Granted == granted
                ? new QuorumVerdict.Again(new QuorumVerdict.Accepted())
                : new QuorumVerdict.NotEligible(QuorumIneligible.OtherLease));
        }

        QuorumVerdict? refusal =
            state.Decision.IsFinal ? new QuorumVerdict.Late(null)
            : state.Answers.Any(answer => answer.Claim.Node == granted.Node && answer.Verdict is QuorumVerdict.Equivocation) ? new QuorumVerdict.NotEligible(QuorumIneligible.Void)
            : state.Places.Any(place => place.Node == granted.Node || place.Owner == granted.Owner) ? new QuorumVerdict.OwnerHasVoted()
            : state.Profile is { } profile && profile != granted.Profile ? new QuorumVerdict.NotEligible(QuorumIneligible.Profile)
            : state.Decision is not QuorumDecision.NeedsReplica ? new QuorumVerdict.NotNeeded()
            : null;
        return refusal is not null
            ? (state, refusal)
            : (state with { Leases = [.. state.Leases, new QuorumLease(granted, QuorumLeaseState.Outstanding)] }, new QuorumVerdict.Accepted());
    }

    public static (QuorumState State, QuorumVerdict Verdict) End(QuorumState state, QuorumEvent.LeaseEnded ended)
    {
        var lease = state.Leases.FirstOrDefault(lease => lease.Granted.Lease == ended.Lease);
        return lease is null ? (state, new QuorumVerdict.NotEligible(QuorumIneligible.Lease))
            : lease.State != QuorumLeaseState.Outstanding ? (state, new QuorumVerdict.Again(new QuorumVerdict.Accepted()))
            : state.Decision.IsFinal ? (state, new QuorumVerdict.Late(null))
            : (state with { Leases = End(state.Leases, lease, ended.Lost ? QuorumLeaseState.Lost : QuorumLeaseState.Ended) }, new QuorumVerdict.Accepted());
    }

    public static (QuorumState State, QuorumVerdict Verdict) Exhaust(QuorumState state) =>
        state.Decision.IsFinal ? (state, new QuorumVerdict.Late(null))
        : state.Decision is not QuorumDecision.NeedsReplica ? (state, new QuorumVerdict.NotNeeded())
        : (state with { Exhausted = true }, new QuorumVerdict.Accepted());

    /// <summary>Ends what the node has outstanding.</summary>
    public static IReadOnlyList<QuorumLease> EndOf(QuorumState state, NodeId node) =>
        state.Leases.FirstOrDefault(lease => lease.Granted.Node == node && lease.State == QuorumLeaseState.Outstanding) is { } lease
            ? End(state.Leases, lease, QuorumLeaseState.Ended)
            : state.Leases;

    private static IReadOnlyList<QuorumLease> End(IReadOnlyList<QuorumLease> leases, QuorumLease ended, QuorumLeaseState how) =>
        [.. leases.Select(lease => lease == ended ? lease with { State = how } : lease)];
}
