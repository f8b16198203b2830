using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Cose;
using Ailee.Vcp.Core.Nodes;
using Ailee.Vcp.Core.Statements;
using Ailee.Vcp.Server.Log;
using Ailee.Vcp.Server.Nodes;
using Ailee.Vcp.Server.Reputation;
using Ailee.Vcp.Server.Tests.Hosting;

namespace Ailee.Vcp.Server.Tests.Reputation;

public sealed class ReputationBookTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Now = new(2030, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private readonly SigningKey _key = SigningKey.FromSeed([.. Enumerable.Repeat((byte)7, SigningKey.SeedSizeBytes)]);
    private RunningServer? _server;

    private NodeId Node => _key.PublicKey.Id;

    private ReputationBook Book => _server!.Get<ReputationBook>();

    private LiveNode Live => _server!.Get<NodeRegistry>().Find(Node)!;

    public async ValueTask InitializeAsync()
    {
        _server = await RunningServer.StartAsync(new ServerSetup { NodeWorks = false });
        var stored = new StoredNode(new NodeRow(Node, _key.PublicKey, "n", "owner", Now), NodeReputation.Start(Now));
        await _server.Database.WriteAsync(transaction => NodeStore.TryEnrol(transaction, stored));
        _server.Get<NodeRegistry>().Add(stored);
    }

    public async ValueTask DisposeAsync()
    {
        await _server!.DisposeAsync();
        _key.Dispose();
    }

    public static TheoryData<string> Kinds { get; } = [.. ReputationEventKind.All.Select(kind => kind.Name)];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Record_Kind_MovesReputationByItsDeltaAndKeepsTheEvent(string name)
    {
        var kind = ReputationEventKind.Find(name)!;
        var task = TaskId.Create(Now);

        var change = await RecordAsync(kind, Now, task);

        Assert.Equal(0.5 + kind.Delta, change.Reputation.Value, 12);
        Assert.Equal((kind.IsStrike ? 1 : 0, (string?)null), (change.Strikes, change.Quarantine));
        var happened = Assert.Single(Events());
        Assert.Equal((change.Event, name, Now, task), (happened.Id, happened.Kind, happened.At, happened.Task));
        Assert.Equal((kind.Delta, change.Reputation.Value), (happened.Delta, happened.Reputation));
        var stored = Stored();
        Assert.Equal((change.Reputation, change.Confirmed), (stored.Reputation, stored.Confirmed));
        Assert.Equal((change.Reputation, change.Confirmed), (Live.Reputation, Live.Confirmed));
    }

    [Fact]
    public async Task Record_Confirmations_CountedAndLostByAStrikeOnly()
    {
        var confirmed = new List<long>();
        foreach (var kind in (ReputationEventKind[])[ReputationEventKind.Agreed, ReputationEventKind.AuditPassed, ReputationEventKind.LateAgreed, ReputationEventKind.Abandoned, ReputationEventKind.AwardFailed, ReputationEventKind.Agreed, ReputationEventKind.Divergent, ReputationEventKind.Agreed])
        {
            confirmed.Add((await RecordAsync(kind, Now)).Confirmed);
        }

        Assert.Equal([1L, 2L, 2L, 2L, 2L, 3L, 0L, 1L], confirmed);
    }

    [Fact]
    public async Task Record_AfterAWhile_DecaysFirst()
    {
        await RecordAsync(ReputationEventKind.Divergent, Now);

        var change = await RecordAsync(ReputationEventKind.Agreed, Now + NodeReputation.HalfLife);

        Assert.Equal(0.5 - 0.025 + 0.01, change.Reputation.Value, 12);
    }

    [Fact]
    public async Task Record_ThirdStrike_QuarantinesWithALoggedStatement()
    {
        await RecordAsync(ReputationEventKind.Divergent, Now);
        await RecordAsync(ReputationEventKind.Agreed, Now.AddMinutes(1));
        Assert.Null((await RecordAsync(ReputationEventKind.InvalidStatement, Now.AddMinutes(2))).Quarantine);
        Assert.Equal(NodeStandings.Active, Live.Standing);

        var change = await RecordAsync(ReputationEventKind.AuditFailed, Now.AddMinutes(3));

        const string Reason = "3 strikes: divergent, invalid-statement, audit-failed";
        Assert.Equal((3, Reason), (change.Strikes, change.Quarantine));
        Assert.Equal((NodeStandings.Quarantined, Reason), (Stored().Standing, Stored().StandingReason));
        Assert.Equal((NodeStandings.Quarantined, Reason), (Live.Standing, Live.StandingReason));
        Assert.Equal(("quarantine", Reason, 0.0), (Events()[0].Kind, Events()[0].Detail, Events()[0].Delta));
        Assert.Equal([Reason], Quarantines());
    }

    [Fact]
    public async Task Record_StrikesOfMoreThanADay_DoNotQuarantine()
    {
        await RecordAsync(ReputationEventKind.Divergent, Now);
        await RecordAsync(ReputationEventKind.Divergent, Now.AddHours(1));

        var change = await RecordAsync(ReputationEventKind.Divergent, Now.AddHours(24));

        Assert.Equal((2, (string?)null), (change.Strikes, change.Quarantine));
        Assert.Empty(Quarantines());
    }

    [Fact]
    public async Task Record_AfterARelease_OnlyLaterStrikesCount()
    {
        for (var strike = 0; strike < 3; strike++)
        {
            await RecordAsync(ReputationEventKind.Divergent, Now.AddMinutes(strike));
        }

        await _server!.Database.WriteAsync(transaction =>
        {
            NodeStore.SetStanding(transaction, Node, NodeStandings.Active, null, Now.AddMinutes(10));
            return _server.Get<StatementLog>().State(transaction, new OrchestratorPayload.Release(Node), Now.AddMinutes(10));
        });
        var strikes = new List<(int Strikes, bool Quarantined)>();
        for (var strike = 0; strike < 3; strike++)
        {
            var change = await RecordAsync(ReputationEventKind.Divergent, Now.AddMinutes(11 + strike));
            strikes.Add((change.Strikes, change.Quarantine is not null));
        }

        Assert.Equal([(1, false), (2, false), (3, true)], strikes);
        Assert.Equal(2, Quarantines().Count);
    }

    [Fact]
    public async Task Record_FurtherStrikeInQuarantine_StatedOnce()
    {
        for (var strike = 0; strike < 5; strike++)
        {
            await RecordAsync(ReputationEventKind.Equivocation, Now.AddMinutes(strike));
        }

        Assert.Single(Quarantines());
        Assert.Equal(6, Events().Count);
    }

    [Theory]
    [InlineData("draining", 1)]
    [InlineData("removed", 0)]
    public async Task Record_ThirdStrikeOfOtherStandings_OnlyARemovedOneStays(string standing, int quarantines)
    {
        await _server!.Database.WriteAsync(transaction =>
        {
            NodeStore.SetStanding(transaction, Node, standing, null, Now);
            return true;
        });
        for (var strike = 0; strike < 3; strike++)
        {
            await RecordAsync(ReputationEventKind.ReplayedStatement, Now.AddMinutes(strike));
        }

        Assert.Equal(quarantines, Quarantines().Count);
        Assert.Equal(quarantines == 1 ? "quarantined" : standing, Stored().Standing);
    }

    [Fact]
    public async Task Record_BuiltInNode_NeverQuarantined()
    {
        var builtIn = _server!.Get<SigningKey>().PublicKey.Id;
        var last = default(ReputationChange);
        for (var strike = 0; strike < 5; strike++)
        {
            last = await _server.Database.WriteAsync(transaction => Book.Record(transaction, builtIn, ReputationEventKind.Divergent, null, Now.AddMinutes(strike)));
            Book.Applied([last]);
        }

        Assert.Equal((3, (string?)null), (last!.Strikes, last.Quarantine));
        Assert.Equal(NodeStandings.Active, _server.Get<NodeRegistry>().Find(builtIn)!.Standing);
        Assert.Empty(Quarantines());
    }

    [Fact]
    public async Task Record_ChangeThatFailsAfterwards_LeavesNothing()
    {
        for (var strike = 0; strike < 2; strike++)
        {
            await RecordAsync(ReputationEventKind.Divergent, Now);
        }

        await Assert.ThrowsAsync<InvalidOperationException>(() => _server!.Database.WriteAsync<int>(transaction =>
        {
            Assert.NotNull(Book.Record(transaction, Node, ReputationEventKind.Divergent, null, Now).Quarantine);
            throw new InvalidOperationException("The decision failed.");
        }));

        Assert.Equal((2, 0, NodeStandings.Active), (Events().Count, Quarantines().Count, Stored().Standing));
    }

    [Fact]
    public async Task Record_LogIsReadOnly_KeptWithoutQuarantine()
    {
        await _server!.Database.WriteAsync(transaction =>
        {
            LogStore.SetReadOnly(transaction, "of this test");
            return true;
        });
        for (var strike = 0; strike < 3; strike++)
        {
            await RecordAsync(ReputationEventKind.Divergent, Now);
        }

        Assert.Equal((3, NodeStandings.Active), (Events().Count, Stored().Standing));
    }

    [Fact]
    public async Task Record_UnknownNode_InvalidOperation() => await Assert.ThrowsAsync<InvalidOperationException>(() =>
        _server!.Database.WriteAsync(transaction => Book.Record(transaction, new NodeId(Digest.Of("nobody"u8)), ReputationEventKind.Agreed, null, Now)));

    [Fact]
    public async Task Applied_OutOfOrder_TheNewestStays()
    {
        var changes = await _server!.Database.WriteAsync(transaction => (List<ReputationChange>)
        [
            Book.Record(transaction, Node, ReputationEventKind.Agreed, null, Now),
            Book.Record(transaction, Node, ReputationEventKind.Agreed, null, Now),
        ]);

        Book.Applied([changes[1], changes[0]]);

        Assert.Equal((0.52, 2), (Math.Round(Live.Reputation.Value, 12), Live.Confirmed));
    }

    [Fact]
    public async Task Applied_Events_AreCounted()
    {
        await RecordAsync(ReputationEventKind.Agreed, Now);
        for (var strike = 0; strike < 3; strike++)
        {
            await RecordAsync(ReputationEventKind.Divergent, Now);
        }

        var text = await _server!.Http.GetStringAsync("metrics");

        Assert.Contains("vcp_reputation_events_total{kind=\"agreed\"} 1\n", text, StringComparison.Ordinal);
        Assert.Contains("vcp_reputation_events_total{kind=\"divergent\"} 3\n", text, StringComparison.Ordinal);
        Assert.Contains("vcp_node_quarantines_total 1\n", text, StringComparison.Ordinal);
    }

    private async Task<ReputationChange> RecordAsync(ReputationEventKind kind, DateTimeOffset now, TaskId? task = null)
    {
        var change = await _server!.Database.WriteAsync(transaction => Book.Record(transaction, Node, kind, task, now));
        Book.Applied([change]);
        return change;
    }

    private StoredNode Stored() => _server!.Database.Read(transaction => NodeStore.Find(transaction, Node))!;

    private List<NodeEvent> Events() => _server!.Database.Read(transaction => NodeEventStore.List(transaction, Node, long.MaxValue, 100));

    // The reasons in the statements of the log, oldest first.
    private List<string> Quarantines() => [.. _server!.Database.Read(transaction => transaction.Query(
            "SELECT o.statement FROM orchestrator_statements o JOIN log_entries e ON e.digest = o.id WHERE o.kind = 'quarantine' ORDER BY e.idx",
            row => row.Bytes(0)))
        .Select(statement => Assert.IsType<OrchestratorPayload.Quarantine>(StatementVerifier.Verify(statement, Evidence.None).Orchestrator?.Payload))
        .Where(payload => payload.Node == Node)
        .Select(payload => payload.Reason)];
}
