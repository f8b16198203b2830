using Ailee.Vcp.Core.Quorum;

namespace Ailee.Vcp.Core.Tests.Quorum;

// Nodes in the order of their ids: E D F B A C. Payloads: p s r q.
public sealed class QuorumDecisionTests
{
    [Fact]
    public void Start_AsksForEveryReplica() => Assert.Equal("needs 3 beside 0", new Ballot(3, 2, 5).Decision);

    [Fact]
    public void Votes_TwoOfThreeAgree_WinWithoutTheThird()
    {
        var ballot = new Ballot(3, 2, 5).Lease("A");
        Assert.Equal("needs 2 beside 1", ballot.Decision);
        ballot.Lease("B", "C");
        Assert.Equal("undecided 3", ballot.Decision);
        ballot.Say("A", "p");
        Assert.Equal("undecided 2", ballot.Decision);

        ballot.Say("B", "p");

        Assert.Equal("won p by B A", ballot.Decision);
    }

    [Fact]
    public void Votes_OneDissents_IsNamed()
    {
        var ballot = new Ballot(3, 2, 5).Lease("A", "B", "C");
        ballot.Say("C", "q");
        ballot.Say("A", "p");
        ballot.Say("B", "p");

        Assert.Equal("won p by B A; q by C", ballot.Decision);
    }

    [Fact]
    public void Votes_AreInTheOrderOfNodeBytes_NotOfTheirText()
    {
        var ballot = new Ballot(5, 5, 5).Lease("A", "B", "C", "D", "E");
        foreach (var node in "ABCDE")
        {
            ballot.Say(node.ToString(), "p");
        }

        var votes = ((QuorumDecision.Won)ballot.State.Decision).Votes;

        Assert.Equal("won p by E D B A C", ballot.Decision);
        var texts = votes.Select(vote => vote.Node.ToString()).ToArray();
        Assert.NotEqual(texts.Order(StringComparer.Ordinal), texts);
        Assert.Equal(Ballot.Owner("E"), votes[0].Owner);
        Assert.Equal(Ballot.Statement("E", "p").Statement, votes[0].Statement);
    }

    [Fact]
    public void Votes_AllDiffer_AskUntilAttemptsEnd()
    {
        var ballot = new Ballot(3, 2, 5).Lease("A", "B", "C");
        ballot.Say("A", "p");
        ballot.Say("B", "q");
        Assert.Equal("undecided 1", ballot.Decision);
        ballot.Say("C", "r");
        // One more would make two of four, which is no majority: two are needed.
        Assert.Equal("needs 2 beside 0", ballot.Decision);
        ballot.Lease("D", "E");
        ballot.Say("D", "s");
        Assert.Equal("undecided 1", ballot.Decision);

        ballot.Say("E", "p");

        Assert.Equal("failed; p by E A; s by D; r by C; q by B", ballot.Decision);
    }

    [Fact]
    public void Votes_AllDiffer_WinWithThreeOfFive()
    {
        var ballot = new Ballot(3, 2, 5).Lease("A", "B", "C");
        ballot.Say("A", "p");
        ballot.Say("B", "q");
        ballot.Say("C", "r");
        ballot.Lease("D", "E");
        ballot.Say("D", "q");
        Assert.Equal("undecided 1", ballot.Decision);

        ballot.Say("E", "q");

        Assert.Equal("won q by E D B; p by A; r by C", ballot.Decision);
    }

    [Fact]
    public void Votes_Tie_DecidesNothing()
    {
        var ballot = new Ballot(4, 3, 4).Lease("A", "B", "C", "D");
        ballot.Say("A", "p");
        ballot.Say("B", "q");
        ballot.Say("C", "q");

        ballot.Say("D", "p");

        Assert.Equal("failed; p by D A; q by B C", ballot.Decision);
    }

    [Fact]
    public void Votes_TieAtTheQuorum_DecidesNothing()
    {
        var ballot = new Ballot(3, 2, 4).Lease("A", "B", "C");
        ballot.Say("A", "p");
        ballot.Say("B", "q");
        ballot.End("C");
        ballot.Lease("D");
        // The node whose lease ended still answers.
        ballot.Say("C", "q");
        Assert.Equal("undecided 1", ballot.Decision);

        ballot.Say("D", "p");

        Assert.Equal("failed; p by D A; q by B C", ballot.Decision);
    }

    // A refused statement is no event: only the end of its lease is told.
    [Fact]
    public void Ends_ThreeRefused_DoNotOutvoteTwo()
    {
        var ballot = new Ballot(5, 3, 6).Lease("A", "B", "C", "D", "E");
        ballot.End("C");
        ballot.End("D");
        ballot.End("E");
        ballot.Say("A", "p");
        Assert.Equal("needs 1 beside 1", ballot.Decision);
        ballot.Say("B", "p");
        ballot.Lease("F");

        ballot.Say("F", "p");

        Assert.Equal("won p by F B A", ballot.Decision);
    }

    [Fact]
    public void Ends_OneOfThree_IsNotReplacedWhileTwoCanWin()
    {
        var ballot = new Ballot(3, 2, 5).Lease("A", "B", "C");

        ballot.End("C");

        Assert.Equal("undecided 2", ballot.Decision);
        ballot.Say("A", "p");
        ballot.Say("B", "q");
        Assert.Equal("needs 1 beside 0", ballot.Decision);
    }

    [Fact]
    public void Ends_LoweringR_MakesAMajority()
    {
        var ballot = new Ballot(3, 2, 5).Lease("A", "B", "C");
        ballot.End("C");
        ballot.Say("A", "p");
        ballot.Say("B", "q");
        ballot.Lease("D");
        ballot.Say("C", "p");
        Assert.Equal("undecided 1", ballot.Decision);

        ballot.End("D");

        Assert.Equal("won p by A C; q by B", ballot.Decision);
    }

    [Fact]
    public void Ends_All_FailWithoutGroups()
    {
        var ballot = new Ballot(1, 1, 3);
        foreach (var left in (int[])[3, 2, 1])
        {
            Assert.Equal("needs 1 beside 0", ballot.Decision);
            ballot.Lease("A");
            ballot.End("A");
        }

        Assert.Equal("failed", ballot.Decision);
    }

    [Fact]
    public void Ends_HopelessButOutstanding_AreWaitedFor()
    {
        var ballot = new Ballot(3, 3, 3).Lease("A", "B", "C");
        ballot.Say("A", "p");
        ballot.Say("B", "q");
        Assert.Equal("undecided 1", ballot.Decision);

        ballot.Say("C", "p");

        Assert.Equal("failed; p by A C; q by B", ballot.Decision);
    }

    [Fact]
    public void Lost_TenCountAsOneAttempt()
    {
        var ballot = new Ballot(1, 1, 2);
        for (var lost = 0; lost < 19; lost++)
        {
            ballot.Lease("A");
            Assert.Equal("accepted", ballot.End("A", lost: true));
            Assert.Equal("needs 1 beside 0", ballot.Decision);
        }

        ballot.Lease("A");
        ballot.End("A", lost: true);

        Assert.Equal("failed", ballot.Decision);
    }

    [Fact]
    public void Exhausted_NobodyLeft_FailsOnceNothingIsOutstanding()
    {
        var ballot = new Ballot(3, 2, 5).Lease("A", "B", "C");
        Assert.Equal("not-needed", ballot.Apply(new QuorumEvent.ReplicasExhausted()));
        ballot.End("A");
        ballot.End("B");
        Assert.Equal("needs 1 beside 1", ballot.Decision);

        Assert.Equal("accepted", ballot.Apply(new QuorumEvent.ReplicasExhausted()));

        Assert.Equal("undecided 1", ballot.Decision);
        Assert.Equal("not-needed", ballot.TryLease("D"));
        Assert.Equal("not-needed", ballot.Apply(new QuorumEvent.ReplicasExhausted()));
        ballot.Say("C", "p");
        Assert.Equal("failed; p by C", ballot.Decision);
        Assert.Equal("late", ballot.Apply(new QuorumEvent.ReplicasExhausted()));
    }

    [Fact]
    public void Exhausted_WithFewerReplicasThanWanted_StillDecides()
    {
        var ballot = new Ballot(3, 2, 5).Lease("A", "B");
        ballot.Apply(new QuorumEvent.ReplicasExhausted());
        ballot.Say("A", "p");

        ballot.Say("B", "p");

        Assert.Equal("won p by B A", ballot.Decision);
    }

    [Fact]
    public void Replay_StoredEvents_GivesTheSameState()
    {
        var ballot = new Ballot(3, 2, 5).Lease("A", "B");
        ballot.Say("A", "p");
        ballot.Say("A", "p");
        ballot.TryLease("A");
        ballot.Say("B", "p");
        ballot.Say("C", "p");

        var replayed = QuorumAggregator.Replay(Ballot.Task, ballot.State.Policy, ballot.Events);

        Assert.Equal(ballot.Decision, QuorumText.Of(replayed.Decision));
        Assert.Equal(ballot.State.Answers, replayed.Answers);
        Assert.Equal(ballot.State.Leases, replayed.Leases);
        Assert.Equal(ballot.State.Votes, replayed.Votes);
    }
}
