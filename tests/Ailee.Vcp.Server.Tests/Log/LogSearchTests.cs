using Ailee.Vcp.Client.Log;
using Ailee.Vcp.Client.Tasks;
using Ailee.Vcp.Core;
using Ailee.Vcp.Server.Log;
using Ailee.Vcp.Server.Tests.Hosting;

namespace Ailee.Vcp.Server.Tests.Log;

public sealed class LogSearchTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    [Fact]
    public async Task Find_ByEachFilter_OnlyThose()
    {
        var task = await RunAsync(Guests.Unique(1), "run");
        var other = await RunAsync(Guests.Unique(2), "run");
        var proof = await fixture.Client.GetProofAsync(Digest.Parse(task.Proofs[0].Id), default);
        var id = task.Proofs[0].Id;

        Assert.Equal([id], await FindAsync(new LogEntryQuery { Statement = id }));
        Assert.Equal([id], await FindAsync(new LogEntryQuery { Task = task.Id }));
        Assert.Equal([id], await FindAsync(new LogEntryQuery { Module = task.Module }));
        Assert.Contains(id, await FindAsync(new LogEntryQuery { Input = proof.Payload!.Input }));
        Assert.Contains(id, await FindAsync(new LogEntryQuery { Output = proof.Payload.Output }));
        Assert.Equal([id], await FindAsync(new LogEntryQuery { Input = proof.Payload.Input, Module = task.Module, Task = task.Id, Node = proof.Node, Kind = "execution" }));
        Assert.Empty(await FindAsync(new LogEntryQuery { Task = task.Id, Module = other.Module }));
        Assert.Empty(await FindAsync(new LogEntryQuery { Task = task.Id, Kind = "certificate" }));
        Assert.Empty(await FindAsync(new LogEntryQuery { Kind = "genesis", Module = task.Module }));
        Assert.Empty(await FindAsync(new LogEntryQuery { Statement = Digest.Of("none"u8).ToString() }));
    }

    [Fact]
    public async Task Find_ByNode_ItsStatementsAndItsEnrolment()
    {
        var task = await RunAsync(Guests.Math, "add", 5, 5);

        var found = await AllAsync(new LogEntryQuery { Node = task.Proofs[0].Node });

        Assert.Contains(found, entry => entry.Digest == task.Proofs[0].Id && entry is { Kind: "execution" } && entry.Task == task.Id && entry.Module == task.Module);
        var enrolment = Assert.Single(found, entry => entry.Kind == "enrolment");
        Assert.Equal((1, null, task.Proofs[0].Node, null), (enrolment.Index, enrolment.Task, enrolment.Node, enrolment.Module));
    }

    [Fact]
    public async Task Find_AQuorumTask_ItsVoteAndItsCertificate()
    {
        var module = await fixture.Client.UploadAsync(Guests.Math);
        var task = await fixture.Client.RunAsync(Calls.Function(module, "add", 8, 1) with { Assurance = new TaskAssurance { Mode = "quorum", Replicas = 1 } });
        await IntegratedAsync(task.Consensus!.Certificate!);

        var found = await AllAsync(new LogEntryQuery { Task = task.Id });

        Assert.Equal(new[] { task.Proofs[0].Id, task.Consensus.Certificate! }.Order(), found.Select(entry => entry.Digest).Order());
        Assert.Equal([task.Consensus.Certificate!], await FindAsync(new LogEntryQuery { Task = task.Id, Kind = "certificate" }));
    }

    [Fact]
    public async Task Find_ByCursor_CoversEveryEntryOnceNewestFirst()
    {
        await RunAsync(Guests.Math, "add", 6, 6);

        var found = await AllAsync(new LogEntryQuery { Limit = 1 });

        var checkpoint = await fixture.Server.CheckpointAsync();
        Assert.True(found.Count <= checkpoint.Size);
        Assert.Equal(found.Count, found.Select(entry => entry.Index).Distinct().Count());
        Assert.Superset(new HashSet<long> { 0, 1, 2 }, found.Select(entry => entry.Index).ToHashSet());
        Assert.Equal(found.Select(entry => entry.LoggedAt).OrderDescending(), found.Select(entry => entry.LoggedAt));
    }

    [Theory]
    [InlineData("task=7")]
    [InlineData("task=")]
    [InlineData("statement=7")]
    [InlineData("module=add")]
    [InlineData("input=sha256:00")]
    [InlineData("output=x")]
    [InlineData("node=built-in")]
    [InlineData("kind=Execution")]
    [InlineData("kind=")]
    [InlineData("limit=0")]
    [InlineData("limit=201")]
    [InlineData("after=~")]
    [InlineData("digest=sha256:00")]
    [InlineData("kind=genesis&kind=execution")]
    public async Task Find_BadQuery_MalformedRequest(string query) => await fixture.Http.GetAsync($"api/v1/log/entries?{query}").ProblemAsync("malformed-request");

    [Fact]
    public void Find_Plans_ScanNoTable()
    {
        string[] filters = ["x.id = $id", "x.task = $task", "x.module = $module", "x.input = $input", "x.output = $output", "x.node = $node"];
        foreach (var filter in filters)
        {
            var plan = fixture.Server.Database.Read(transaction => transaction.Query(
                $"EXPLAIN QUERY PLAN {LogSearch.Execution.Replace("{0}", $" AND {filter}", StringComparison.Ordinal)}",
                row => row.Text(3),
                ("$at", 0L),
                ("$after", Array.Empty<byte>()),
                ("$size", 0L),
                ("$limit", 1L),
                ("$" + filter[(filter.IndexOf('$', StringComparison.Ordinal) + 1)..], Array.Empty<byte>())));
            Assert.All(plan, step => Assert.DoesNotContain("SCAN", step, StringComparison.Ordinal));
        }
    }

    private async Task<ComputeTask> RunAsync(string guest, string entrypoint, params object[] arguments)
    {
        var task = await fixture.Client.RunAsync(await fixture.Client.UploadAsync(guest), entrypoint, arguments);
        await IntegratedAsync(task.Proofs[0].Id);
        return task;
    }

    private Task<byte[]> IntegratedAsync(string statement) => fixture.Client.GetTransparentStatementAsync(Digest.Parse(statement), Calls.LongWait, default);

    private async Task<List<string>> FindAsync(LogEntryQuery query) => [.. (await fixture.Client.FindEntriesAsync(query, default)).Items.Select(entry => entry.Digest)];

    private async Task<List<LogEntryView>> AllAsync(LogEntryQuery query)
    {
        var found = new List<LogEntryView>();
        string? after = null;
        do
        {
            var page = await fixture.Client.FindEntriesAsync(query with { After = after }, default);
            found.AddRange(page.Items);
            after = page.Next;
        }
        while (after is not null);
        return found;
    }
}
