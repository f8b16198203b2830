namespace Ailee.Vcp.Core.Tests.Quorum;

public sealed class QuorumVoteTests
{
    private readonly Ballot _ballot = new(5, 3, 8);

    [Fact]
    public void Say_SameBytes_GetsTheFirstAnswerAgain()
    {
        _ballot.Lease("A");
        Assert.Equal("counted", _ballot.Say("A", "p"));

        Assert.Equal("again: counted", _ballot.Say("A", "p"));

        Assert.Single(_ballot.State.Votes);
        Assert.Single(_ballot.State.Answers);
    }

    [Fact]
    public void Say_SamePayloadInAnotherStatement_IsNoSecondVote()
    {
        _ballot.Lease("A");
        _ballot.Say("A", "p");

        Assert.Equal("again: counted", _ballot.Say("A", "p", envelope: 1));

        Assert.Equal(Ballot.Statement("A", "p").Statement, Assert.Single(_ballot.State.Votes).Statement);
    }

    [Fact]
    public void Say_OtherPayload_VoidsTheVoteAndKeepsBoth()
    {
        _ballot.Lease("A");
        _ballot.Say("A", "p");

        Assert.Equal("equivocation after p", _ballot.Say("A", "q"));

        Assert.Empty(_ballot.State.Votes);
        Assert.Equal([Ballot.Payload("p"), Ballot.Payload("q")], _ballot.State.Answers.Select(answer => answer.Claim.Payload));
        Assert.Equal("needs 4 beside 0", _ballot.Decision);
    }

    [Fact]
    public void Say_AfterEquivocation_ChangesNothing()
    {
        _ballot.Lease("A");
        _ballot.Say("A", "p");
        _ballot.Say("A", "q");

        Assert.Equal("again: counted", _ballot.Say("A", "p"));
        Assert.Equal("again: counted", _ballot.Say("A", "p", envelope: 1));
        Assert.Equal("again: equivocation after p", _ballot.Say("A", "q"));
        Assert.Equal("again: equivocation after p", _ballot.Say("A", "q", envelope: 1));
        Assert.Equal("again: equivocation after p", _ballot.Say("A", "r"));

        Assert.Empty(_ballot.State.Votes);
        Assert.Equal(2, _ballot.State.Answers.Count);
    }

    [Fact]
    public void Lease_AfterEquivocation_OnlyForAnotherNodeOfTheOwner()
    {
        _ballot.Lease("A");
        _ballot.Say("A", "p");
        _ballot.Say("A", "q");

        Assert.Equal("vote-void", _ballot.TryLease("A"));
        Assert.Equal("accepted", _ballot.TryLease("A2"));
        Assert.Equal("counted", _ballot.Say("A2", "p"));
    }

    [Fact]
    public void Say_EquivocationAtATie_LetsTheOtherWin()
    {
        var ballot = new Ballot(3, 2, 4).Lease("A", "B", "C");
        ballot.Say("A", "p");
        ballot.Say("B", "q");
        ballot.End("C");
        ballot.Lease("D");
        ballot.Say("C", "p");

        ballot.Say("B", "p");
        Assert.Equal("won p by A C; void B q p", ballot.Decision);
    }

    [Fact]
    public void Say_SecondNodeOfAnOwnerThatVoted_IsNoVote()
    {
        _ballot.Lease("A2");
        _ballot.End("A2");
        _ballot.Lease("A");
        _ballot.Say("A", "p");

        Assert.Equal("owner-has-voted", _ballot.Say("A2", "p"));
        Assert.Equal("again: owner-has-voted", _ballot.Say("A2", "p"));
        Assert.Equal("again: owner-has-voted", _ballot.Say("A2", "p", envelope: 1));
        Assert.Equal("equivocation after p", _ballot.Say("A2", "q"));

        Assert.Equal(Ballot.Node("A"), Assert.Single(_ballot.State.Votes).Node);
    }

    [Fact]
    public void Say_WhileAnotherNodeOfTheOwnerRuns_IsNoVoteUntilItEnded()
    {
        _ballot.Lease("A2");
        _ballot.End("A2");
        _ballot.Lease("A");
        Assert.Equal("owner-has-voted", _ballot.Say("A2", "p"));
        _ballot.End("A");

        Assert.Equal("again: owner-has-voted", _ballot.Say("A2", "p"));
        Assert.Equal("counted", _ballot.Say("A2", "p", envelope: 1));
        Assert.Equal("again: counted", _ballot.Say("A2", "p", envelope: 2));
        Assert.Equal("owner-has-voted", _ballot.TryLease("A"));
    }

    [Fact]
    public void Say_AfterALeaseThatEnded_CountsWhileUndecided()
    {
        _ballot.Lease("A");
        _ballot.End("A");

        Assert.Equal("counted", _ballot.Say("A", "p"));
        Assert.Equal("owner-has-voted", _ballot.TryLease("A"));
    }

    [Fact]
    public void Say_WithASecondLease_EndsIt()
    {
        _ballot.Lease("A");
        _ballot.End("A");
        _ballot.Lease("A");
        Assert.Equal("needs 3 beside 1", _ballot.Decision);

        Assert.Equal("counted", _ballot.Say("A", "p"));

        Assert.Equal("needs 3 beside 0", _ballot.Decision);
        Assert.Equal("again: accepted", _ballot.End("A"));
    }

    [Fact]
    public void Say_OfWhomNobodyAsked_IsNoVote()
    {
        _ballot.Lease("A");

        Assert.Equal("lease-unknown", _ballot.Say("B", "p"));
        Assert.Equal("task-mismatch", _ballot.Apply(Ballot.Statement("A", "p") with { Task = Ballot.OtherTask }));
        Assert.Equal("profile-mismatch", _ballot.Apply(Ballot.Statement("A", "p") with { Profile = Ballot.OtherProfile }));
        Assert.Equal("node-not-enrolled", _ballot.Apply(Ballot.Statement("A", "p") with { Owner = null }));

        Assert.Empty(_ballot.State.Answers);
        Assert.Equal("needs 4 beside 1", _ballot.Decision);
    }

    // Another profile is another claim, not a contradiction: an honest node may have been upgraded meanwhile.
    [Fact]
    public void Say_WhatIsNotEligible_IsNoEquivocation()
    {
        _ballot.Lease("A");
        _ballot.Apply(Ballot.Statement("A", "q") with { Profile = Ballot.OtherProfile });

        Assert.Equal("counted", _ballot.Say("A", "p"));
    }

    [Fact]
    public void Say_UnderAnotherOwner_TakesThatOwnersPlace()
    {
        _ballot.Lease("A", "B");

        Assert.Equal("owner-has-voted", _ballot.Apply(Ballot.Statement("A", "p") with { Owner = Ballot.Owner("B") }));
        Assert.Equal("counted", _ballot.Apply(Ballot.Statement("A", "p", 1) with { Owner = Ballot.Owner("C") }));

        Assert.Equal("owner-has-voted", _ballot.TryLease("C"));
        Assert.Equal("accepted", _ballot.TryLease("A2"));
    }

    [Fact]
    public void Say_AfterTheDecision_IsComparedAndChangesNothing()
    {
        var ballot = new Ballot(4, 3, 5).Lease("A", "B", "C", "D");
        ballot.Say("A", "p");
        ballot.Say("B", "p");
        ballot.End("D");
        ballot.Say("C", "p");
        var decision = ballot.State.Decision;

        Assert.Equal("late-diverges", ballot.Say("D", "q"));
        Assert.Equal("again: late-diverges", ballot.Say("D", "q"));
        Assert.Equal("again: late-diverges", ballot.Say("D", "q", envelope: 1));
        Assert.Equal("equivocation after q", ballot.Say("D", "p"));
        Assert.Equal("equivocation after p", ballot.Say("A", "q"));
        Assert.Equal("again: counted", ballot.Say("A", "p"));

        Assert.Same(decision, ballot.State.Decision);
        Assert.Equal(3, ballot.State.Votes.Count);
        Assert.Equal("late", ballot.TryLease("E"));
    }

    [Fact]
    public void Say_AfterTheDecision_Agrees()
    {
        var ballot = new Ballot(3, 2, 5).Lease("A", "B", "C");
        ballot.Say("A", "p");
        ballot.Say("B", "p");

        Assert.Equal("late", ballot.End("C"));
        Assert.Equal("late-agrees", ballot.Say("C", "p"));
        Assert.Equal("won p by B A", ballot.Decision);
    }

    [Fact]
    public void Say_AfterNoPayloadWon_HasNothingToCompareWith()
    {
        var ballot = new Ballot(2, 2, 2).Lease("A", "B");
        ballot.Say("A", "p");
        ballot.End("B");

        Assert.Equal("failed; p by A", ballot.Decision);
        Assert.Equal("late", ballot.Say("B", "p"));
        Assert.Equal("failed; p by A", ballot.Decision);
    }

    // It was no vote before the decision and is none after it, but then it is compared.
    [Fact]
    public void Say_OwnersOtherNodeAfterTheDecision_IsLate()
    {
        var ballot = new Ballot(1, 1, 5).Lease("A2");
        ballot.End("A2");
        ballot.Lease("A");
        ballot.Say("A2", "q");
        ballot.Say("A", "p");

        Assert.Equal("again: owner-has-voted", ballot.Say("A2", "q"));
        Assert.Equal("late-diverges", ballot.Say("A2", "q", envelope: 1));
        Assert.Equal("again: late-diverges", ballot.Say("A2", "q", envelope: 2));
        Assert.Equal(3, ballot.State.Answers.Count);
    }
}
