using Ailee.Vcp.Core.Quorum;

namespace Ailee.Vcp.Core.Tests.Quorum;

public sealed class QuorumLeaseTests
{
    private readonly Ballot _ballot = new(3, 2, 5);

    [Fact]
    public void Grant_First_FixesTheProfile()
    {
        Assert.Null(_ballot.State.Profile);
        Assert.Equal("accepted", _ballot.TryLease("A", Ballot.OtherProfile));

        Assert.Equal("profile-mismatch", _ballot.TryLease("B"));

        Assert.Equal(Ballot.OtherProfile, _ballot.State.Profile);
        _ballot.End("A");
        Assert.Equal("profile-mismatch", _ballot.TryLease("B"));
        Assert.Equal("profile-mismatch", _ballot.Say("A", "p"));
    }

    [Fact]
    public void Grant_SameNodeOrOwnerTwice_IsRefused()
    {
        _ballot.Lease("A");

        Assert.Equal("owner-has-voted", _ballot.TryLease("A"));
        Assert.Equal("owner-has-voted", _ballot.TryLease("A2"));
        _ballot.Say("A", "p");
        Assert.Equal("owner-has-voted", _ballot.TryLease("A"));
        Assert.Equal("owner-has-voted", _ballot.TryLease("A2"));
        Assert.Equal("needs 2 beside 0", _ballot.Decision);
    }

    [Fact]
    public void Grant_AfterAnEndWithoutAVote_GoesToTheSameNodeToo()
    {
        _ballot.Lease("A");
        _ballot.End("A");

        Assert.Equal("accepted", _ballot.TryLease("A"));
    }

    [Fact]
    public void Grant_SameLease_IsIdempotentOnlyIfItIsTheSame()
    {
        var lease = new QuorumEvent.LeaseGranted(Guid.AllBitsSet, Ballot.Node("A"), Ballot.Owner("A"), Ballot.Profile);
        Assert.Equal("accepted", _ballot.Apply(lease));

        Assert.Equal("again: accepted", _ballot.Apply(lease));
        Assert.Equal("lease-mismatch", _ballot.Apply(lease with { Node = Ballot.Node("B"), Owner = Ballot.Owner("B") }));
        Assert.Equal("lease-mismatch", _ballot.Apply(lease with { Profile = Ballot.OtherProfile }));
        Assert.Single(_ballot.State.Leases);
    }

    [Fact]
    public void Grant_WhenNoReplicaIsNeeded_IsRefused()
    {
        _ballot.Lease("A", "B", "C");

        Assert.Equal("not-needed", _ballot.TryLease("D"));
        Assert.Equal("undecided 3", _ballot.Decision);
    }

    [Fact]
    public void End_TwiceOrUnknown_ChangesNothing()
    {
        _ballot.Lease("A");
        Assert.Equal("lease-unknown", _ballot.Apply(new QuorumEvent.LeaseEnded(Guid.AllBitsSet, Lost: false)));
        Assert.Equal("accepted", _ballot.End("A"));

        Assert.Equal("again: accepted", _ballot.End("A"));
        Assert.Equal("again: accepted", _ballot.End("A", lost: true));

        Assert.Equal(QuorumLeaseState.Ended, Assert.Single(_ballot.State.Leases).State);
    }

    [Fact]
    public void End_AfterTheVote_IsNoSecondEnd()
    {
        _ballot.Lease("A", "B");
        _ballot.Say("A", "p");

        Assert.Equal("again: accepted", _ballot.End("A", lost: true));
        Assert.Equal(QuorumLeaseState.Ended, _ballot.State.Leases[0].State);
    }
}
