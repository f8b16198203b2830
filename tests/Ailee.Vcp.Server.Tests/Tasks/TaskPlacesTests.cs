using Ailee.Vcp.Core;
using Ailee.Vcp.Server.Tasks;

namespace Ailee.Vcp.Server.Tests.Tasks;

public sealed class TaskPlacesTests
{
    private readonly TaskPlaces _places = new(capacity: 100, capacityPerTenant: 50);
    private int _tasks;

    [Fact]
    public void TryTake_ByTenants_EachUpToItsShare()
    {
        var alice = Fill("alice", 60);
        var bob = Fill("bob", 60);

        Assert.Equal((50, 50), (alice.Count, bob.Count));
        Assert.Equal(PlaceRefusal.Full.ToString(), TryTake("carol", Next()));
        _places.Take(Next(), new TaskPlace("carol", 0, 0));
        Assert.Equal(101, _places.Open);
        _places.GiveBack(alice[0]);
        Assert.NotNull(TryTake("alice", Next()));
        _places.GiveBack(alice[1]);
        Assert.Equal(PlaceRefusal.TenantFull.ToString(), TryTake("bob", Next()));
        Assert.Null(TryTake("alice", Next()));
    }

    [Fact]
    public void TryTake_WithoutKeys_OneTenantMayFillThem() => Assert.Equal(100, Fill("local", 120).Count);

    [Fact]
    public void TryTake_LimitOfTheKey_HoldsBelowTheShare()
    {
        Assert.Null(TryTake("alice", Next(), most: 1));

        Assert.Equal(PlaceRefusal.TenantFull.ToString(), TryTake("alice", Next(), most: 1));
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
        Assert.Equal(new TenantPlaces(1, 30, 2), _places.Of("alice"));
        _places.GiveBack(second);
        Assert.Equal(default, _places.Of("alice"));
    }

    [Fact]
    public void TryTake_CheckRefuses_TakesNothing()
    {
        Assert.Equal("no", _places.TryTake(Next(), new TaskPlace("alice", 10, 1), null, refusal => refusal.ToString(), _ => "no"));
        Assert.Equal(0, _places.Open);
    }

    private List<TaskId> Fill(string tenant, int tasks) => [.. Enumerable.Range(0, tasks).Select(_ => Next()).Where(task => TryTake(tenant, task) is null)];

    private string? TryTake(string tenant, TaskId task, long? most = null) => _places.TryTake(task, new TaskPlace(tenant, 0, 0), most, refusal => refusal.ToString(), _ => null);

    private TaskId Next() => new(new Guid(_tasks++, 0, 0, [0, 0, 0, 0, 0, 0, 0, 0]));
}
