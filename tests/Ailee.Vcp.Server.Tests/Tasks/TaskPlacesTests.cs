using Ailee.Vcp.Core;
using Ailee.Vcp.Server.Http;
using Ailee.Vcp.Server.Overload;
using Ailee.Vcp.Server.Tasks;
using Microsoft.Extensions.Time.Testing;

namespace Ailee.Vcp.Server.Tests.Tasks;

public sealed class TaskPlacesTests
{
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch);
    private readonly TaskPlaces _places;
    private int _tasks;

    public TaskPlacesTests() => _places = new TaskPlaces(capacity: 100, capacityPerTenant: 50, _time);

    [Fact]
    public void TryTake_ByTenants_EachUpToItsShare()
    {
        var alices = Fill("alice");
        Assert.Equal((50, 25, 13), (alices.Count, Fill("bob").Count, Fill("carol").Count));
        Assert.Equal(Problems.QueueShareFull, TryTake("carol", Next())!.Kind);
        _places.Take(Next(), new TaskPlace("carol", 0, 0));
        Assert.Equal(89, _places.Open);
        _places.GiveBack(alices[0]);
        Assert.Equal(Problems.QueueShareFull, TryTake("alice", Next())!.Kind);
        Assert.Null(TryTake("dave", Next()));
    }

    [Fact]
    public void TryTake_WithoutKeys_OneTenantMayFillThem()
    {
        Assert.Equal(100, Fill("local").Count);
        Assert.True(_places.IsFull);
        Assert.Equal(Problems.QueueFull, TryTake("local", Next())!.Kind);
    }

    [Fact]
    public void TryTake_LimitOfTheKey_HoldsBelowTheShare()
    {
        Assert.Null(TryTake("alice", Next(), most: 1));

        Assert.Equal(Problems.QuotaTasks, TryTake("alice", Next(), most: 1)!.Kind);
    }

    [Fact]
    public void Of_PlacesTakenAndGivenBack_SumsWhatTheyReserve()
    {
        var (first, second) = (Next(), Next());
        _places.Take(first, new TaskPlace("alice", 10, 1));
        _places.Take(second, new TaskPlace("alice", 30, 2));
        _places.Take(second, new TaskPlace("alice", 30, 2));

        Assert.Equal(new TenantPlaces(2, 40, 3), _places.Of("alice"));
        _places.GiveBack(first);
        _places.GiveBack(first);
        Assert.Equal((new TenantPlaces(1, 30, 2), 1), (_places.Of("alice"), _places.Open));
        _places.End(second);
        Assert.Equal((default, 0), (_places.Of("alice"), _places.Open));
    }

    [Fact]
    public void TryTake_CheckRefuses_TakesNothing()
    {
        var refusal = Problems.QuotaGas.Because("no");

        Assert.Equal(refusal, _places.TryTake(Next(), new TaskPlace("alice", 10, 1), null, _ => refusal));
        Assert.Equal(0, _places.Open);
    }

    [Fact]
    public void RetryAfter_NothingDecidedLately_IsTheLongest()
    {
        Fill("local");

        Assert.Equal(RetryTime.MostSeconds, TryTake("local", Next())!.RetryAfterSeconds);
    }

    [Fact]
    public void RetryAfter_QueueFull_IsTheTimeOfATenthOfIt()
    {
        Decide("local", Fill("local"), 20);

        // 10 of 100, and 2 a second.
        Assert.Equal(5, TryTake("local", Next())!.RetryAfterSeconds);
    }

    [Fact]
    public void RetryAfter_OwnShareFull_IsOfTheOwnTasksAtTheOwnShareOfTheRate()
    {
        var alices = Fill("alice");
        _places.Take(Next(), new TaskPlace("bob", 0, 0));
        Decide("alice", alices, 20);

        // 5 of 50, and 1 a second, because bob has his turns too.
        Assert.Equal(5, TryTake("alice", Next())!.RetryAfterSeconds);
    }

    // So many in ten seconds; each is followed by another.
    private void Decide(string tenant, List<TaskId> tasks, int count)
    {
        foreach (var task in tasks.Take(count))
        {
            _places.End(task);
            _places.Take(Next(), new TaskPlace(tenant, 0, 0));
            _time.Advance(TimeSpan.FromSeconds(10) / count);
        }
    }

    private List<TaskId> Fill(string tenant)
    {
        var taken = new List<TaskId>();
        while (Next() is var task && TryTake(tenant, task) is null)
        {
            taken.Add(task);
        }

        return taken;
    }

    private Problem? TryTake(string tenant, TaskId task, long? most = null) => _places.TryTake(task, new TaskPlace(tenant, 0, 0), most, _ => null);

    private TaskId Next() => new(new Guid(_tasks++, 0, 0, [0, 0, 0, 0, 0, 0, 0, 0]));
}
