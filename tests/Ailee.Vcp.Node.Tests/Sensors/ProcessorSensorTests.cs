namespace Ailee.Vcp.Node.Tests.Sensors;

public sealed class ProcessorSensorTests : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly SensorTree _tree = new();

    public void Dispose() => _tree.Dispose();

    [Fact]
    public void Read_First_IsUnknown()
    {
        _tree.Stat(100, 900);

        Assert.Null(_tree.Read().CpuLoad);
    }

    [Fact]
    public void Read_Second_IsTheShareSinceTheFirst()
    {
        Assert.Equal(0.25, Load(() => _tree.Stat(100, 900), () => _tree.Stat(350, 1650)));
    }

    [Fact]
    public void Read_EveryCounter_WaitingIsIdleAndStolenIsBusyAndGuestsCountOnce()
    {
        Assert.Equal(
            0.6,
            Load(() => _tree.Write("proc/stat", "cpu  0 0 0 0 0 0 0 0 0 0\n"), () => _tree.Write("proc/stat", "cpu  10 10 10 20 20 10 10 10 5 5\n")));
    }

    [Fact]
    public void Read_OnlyTheFirstFourCounters_IsKnown()
    {
        Assert.Equal(0.5, Load(() => _tree.Write("proc/stat", "cpu 0 0 0 0"), () => _tree.Write("proc/stat", "cpu 1 1 1 3")));
    }

    [Theory]
    [InlineData(50, 2000)]
    [InlineData(200, 800)]
    [InlineData(100, 900)]
    public void Read_CountersGoBackOrStand_IsUnknown(long user, long idle)
    {
        Assert.Null(Load(() => _tree.Stat(100, 900), () => _tree.Stat(user, idle)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("cpu")]
    [InlineData("cpu 1 2 3")]
    [InlineData("cpu0 1 2 3 4 5 6 7 8")]
    [InlineData("cpu 200 0 0 -5 0 0 0 0")]
    [InlineData("cpu 200 0 0 99999999999999999999 0 0 0 0")]
    [InlineData("cpu 9223372036854775807 9223372036854775807 0 9223372036854775807 0 0 0 0")]
    [InlineData("cpu x y z w")]
    public void Read_Nonsense_IsUnknown(string stat)
    {
        Assert.Null(Load(() => _tree.Stat(100, 900), () => _tree.Write("proc/stat", stat)));
    }

    [Fact]
    public void Read_AtOnceAgain_IsUnknownAndTheNextCountsFromTheFirst()
    {
        var sensors = _tree.Sensors();
        _tree.Stat(0, 0);
        sensors.Read(0, 0);
        _tree.Stat(10, 0);
        _tree.Time.Advance(TimeSpan.FromMilliseconds(10));
        Assert.Null(sensors.Read(0, 0).CpuLoad);
        _tree.Stat(10, 10);
        _tree.Time.Advance(Interval);

        Assert.Equal(0.5, sensors.Read(0, 0).CpuLoad);
    }

    [Fact]
    public void Read_QuotaUsedUpOnAnIdleMachine_IsFull()
    {
        Group("own", 50_000, 100_000, 1_000_000);
        _tree.Stat(0, 0);
        var sensors = _tree.Sensors();
        sensors.Read(0, 0);
        _tree.Stat(5, 995);
        Group("own", 50_000, 100_000, 1_000_000 + 2_500_000);
        _tree.Time.Advance(Interval);

        Assert.Equal(1, sensors.Read(0, 0).CpuLoad);
    }

    [Theory]
    [InlineData(1_000_000, 0.4)]
    [InlineData(2_600_000, 1)]
    [InlineData(100_000, 0.1)]
    [InlineData(-1, 0.1)]
    public void Read_Quota_IsTheBusierOfItAndTheMachine(long used, double load)
    {
        Group("own", 50_000, 100_000, 7);
        _tree.Stat(0, 0);
        var sensors = _tree.Sensors();
        sensors.Read(0, 0);
        _tree.Stat(100, 900);
        Group("own", 50_000, 100_000, 7 + used);
        _tree.Time.Advance(Interval);

        Assert.Equal(load, sensors.Read(0, 0).CpuLoad!.Value, 6);
    }

    [Fact]
    public void Read_QuotaOfAGroupAbove_Counts()
    {
        Group("above", 100_000, 100_000, 0);
        _tree.Write("proc/self/cgroup", "1:name=systemd:/elsewhere\n0::/above/own\n");
        var sensors = _tree.Sensors();
        sensors.Read(0, 0);
        _tree.Write("sys/fs/cgroup/above/cpu.stat", "usage_usec 4000000\nuser_usec 1\n");
        _tree.Time.Advance(Interval);

        Assert.Equal(0.8, sensors.Read(0, 0).CpuLoad!.Value, 6);
    }

    private double? Load(Action first, Action second)
    {
        var sensors = _tree.Sensors();
        first();
        sensors.Read(0, 0);
        second();
        _tree.Time.Advance(Interval);
        return sensors.Read(0, 0).CpuLoad;
    }

    private void Group(string name, long quota, long period, long used)
    {
        _tree.Write("proc/self/cgroup", $"0::/{name}\n");
        _tree.Write($"sys/fs/cgroup/{name}/cpu.max", $"{quota} {period}\n");
        _tree.Write($"sys/fs/cgroup/{name}/cpu.stat", $"usage_usec {used}\nuser_usec 1\n");
    }
}
