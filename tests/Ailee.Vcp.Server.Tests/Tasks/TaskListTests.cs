using System.Net.Http.Json;
using Ailee.Vcp.Client;
using Ailee.Vcp.Client.Tasks;
using Ailee.Vcp.Core;
using Ailee.Vcp.Server.Tasks;
using Ailee.Vcp.Server.Tests.Hosting;

namespace Ailee.Vcp.Server.Tests.Tasks;

public sealed class TaskListTests(IdleServerFixture fixture) : IClassFixture<IdleServerFixture>
{
    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public void List_OfATenant_LooksAtItsOwnTasksOnly(bool hasState, bool hasLabel)
    {
        var plan = fixture.Server.Database.Read(transaction => transaction.Query(
            "EXPLAIN QUERY PLAN " + TaskStore.ListSql(isOfTenant: true, hasState, hasLabel),
            row => row.Text(3),
            [
                ("$tenant", "alice"),
                ("$after", Array.Empty<byte>()),
                ("$limit", 1L),
                .. hasState ? new (string, object?)[] { ("$state", "queued") } : [],
                .. hasLabel ? new (string, object?)[] { ("$name", "a"), ("$value", "b") } : [],
            ]));

        Assert.Equal("SEARCH tasks USING INDEX tasks_by_tenant (submitter=? AND id<?)", plan[0]);
        Assert.Equal(hasLabel ? ["SEARCH l USING PRIMARY KEY (name=? AND value=? AND task=?)"] : [], plan.Skip(1));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(7)]
    [InlineData(200)]
    public async Task List_ByCursor_CoversEveryTaskOnceNewestFirst(int limit)
    {
        var module = await fixture.Client.UploadAsync(Guests.Math);
        var queued = new List<string>();
        var cancelled = new List<string>();
        for (var i = 0; i < 7; i++)
        {
            queued.Add((await fixture.Client.SubmitAsync(module, "add", 1, i)).ToString());
            var id = await fixture.Client.SubmitAsync(module, "add", 2, i);
            await fixture.Client.CancelTaskAsync(id, default);
            cancelled.Add(id.ToString());
        }

        var all = await AllAsync(null, limit);
        var allQueued = await AllAsync(TaskStates.Queued, limit);
        var allCancelled = await AllAsync(TaskStates.Cancelled, limit);

        Assert.Equal(all.Distinct().OrderDescending(), all);
        Assert.Equal(all.Order(), allQueued.Concat(allCancelled).Order());
        Assert.Superset(queued.ToHashSet(), allQueued.ToHashSet());
        Assert.Superset(cancelled.ToHashSet(), allCancelled.ToHashSet());
        Assert.Empty(await AllAsync(TaskStates.Completed, limit));
    }

    [Fact]
    public async Task List_NewTasksBetweenPages_DoNotDisturbThem()
    {
        var module = await fixture.Client.UploadAsync(Guests.Math);
        for (var i = 0; i < 4; i++)
        {
            await fixture.Client.SubmitAsync(module, "add", 1, i);
        }

        var before = await AllAsync(null, 200);
        var first = await fixture.Client.ListTasksAsync(null, 2, null, default);
        // Ids sort by the millisecond; what is new must be of a later one to be certain to stand before the first page.
        var submitted = await fixture.Client.SubmitAsync(module, "add", 9, 9);
        var rest = await fixture.Client.ListTasksAsync(null, 200, first.Next, default);

        Assert.Equal(before, first.Items.Concat(rest.Items).Select(task => task.Id).Where(id => id != submitted.ToString()));
    }

    [Theory]
    [InlineData("state=lost")]
    [InlineData("state=")]
    [InlineData("label=")]
    [InlineData("label=a")]
    [InlineData("label==a")]
    [InlineData("limit=0")]
    [InlineData("limit=-1")]
    [InlineData("limit=201")]
    [InlineData("limit=1.5")]
    [InlineData("after=AAAA")]
    [InlineData("after=%00")]
    public async Task List_BadQuery_MalformedRequest(string query) =>
        await fixture.Http.GetAsync($"api/v1/tasks?{query}").ProblemAsync("malformed-request");

    [Fact]
    public async Task List_ByLabel_TasksThatHaveItNewestFirst()
    {
        var module = await fixture.Client.UploadAsync(Guests.Math);
        var ids = new List<string>();
        foreach (var labels in new Dictionary<string, string>[] { new() { ["run"] = "a=b" }, new() { ["run"] = "a" }, new() { ["run"] = "a=b", ["x"] = "" }, new() { ["other"] = "a=b" } })
        {
            ids.Add((await fixture.Client.SubmitTaskAsync(Calls.Function(module, "add", 1, 2) with { Labels = labels }, null, null, default)).Id);
        }

        await fixture.Client.CancelTaskAsync(TaskId.Parse(ids[2]), default);

        Assert.Equal([ids[2], ids[0]], await LabelledAsync("label=run%3Da%3Db"));
        Assert.Equal([ids[0]], await LabelledAsync("label=run=a=b&state=queued"));
        Assert.Equal([ids[2]], await LabelledAsync("label=x="));
        Assert.Empty(await LabelledAsync("label=run=b"));
    }

    [Fact]
    public async Task List_CursorOfNoTask_IsAPlaceLikeAnyOther()
    {
        var page = await fixture.Client.ListTasksAsync(null, 1, new Server.Http.Cursor(0, TaskId.Create(DateTimeOffset.UnixEpoch).ToArray()).ToString(), default);

        Assert.Empty(page.Items);
        Assert.Null(page.Next);
    }

    private async Task<List<string>> LabelledAsync(string query)
    {
        var page = await fixture.Http.GetFromJsonAsync($"api/v1/tasks?{query}", VcpJson.Default.PageComputeTask);
        return [.. page!.Items.Select(task => task.Id)];
    }

    private async Task<List<string>> AllAsync(string? state, int limit)
    {
        var ids = new List<string>();
        string? after = null;
        do
        {
            var page = await fixture.Client.ListTasksAsync(state, limit, after, default);
            Assert.True(page.Items.Count <= limit);
            Assert.All(page.Items, task => Assert.Equal(state ?? task.State, task.State));
            ids.AddRange(page.Items.Select(task => task.Id));
            after = page.Next;
        }
        while (after is not null);
        return ids;
    }
}
