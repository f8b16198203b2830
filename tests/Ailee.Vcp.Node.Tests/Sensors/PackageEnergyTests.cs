namespace Ailee.Vcp.Node.Tests.Sensors;

public sealed class PackageEnergyTests : IDisposable
{
    private const long Range = 262_143_328_850;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly SensorTree _tree = new();

    public void Dispose() => _tree.Dispose();

    [Fact]
    public void Read_First_IsUnknown()
    {
        _tree.Package(0, 1);

        Assert.Null(_tree.Read().PowerW);
    }

    [Fact]
    public void Read_TwoPackages_IsThePowerOfBoth()
    {
        Assert.Equal((90, "rapl"), Power((1_000_000, 2_000_000), (101_000_000, 352_000_000)));
    }

    [Fact]
    public void Read_OneOfTwoCountersGoesRound_IsCountedOn()
    {
        Assert.Equal((90, "rapl"), Power((Range - 40_000_000, 2_000_000), (60_000_000, 352_000_000)));
    }

    [Fact]
    public void Read_CounterIsSetBack_IsUnknownOnce()
    {
        var sensors = _tree.Sensors();
        Both((5_000_000_000, 5_000_000_000));
        sensors.Read(0, 0);
        Both((0, 0));
        _tree.Time.Advance(Interval);
        Assert.Null(sensors.Read(0, 0).PowerW);
        Both((5_000_000, 5_000_000));
        _tree.Time.Advance(Interval);

        Assert.Equal(2, sensors.Read(0, 0).PowerW!.Value, 6);
    }

    [Fact]
    public void Read_LongAfterTheReadingBefore_IsUnknown()
    {
        var sensors = _tree.Sensors();
        Both((0, 0));
        sensors.Read(0, 0);
        Both((1_000_000, 1_000_000));
        // 262 kJ are gone in as many seconds at 1000 W: the counter may have gone round.
        _tree.Time.Advance(TimeSpan.FromSeconds(263));

        Assert.Null(sensors.Read(0, 0).PowerW);
    }

    [Fact]
    public void Read_ZonesThatArePartsOrWholes_AreNotCounted()
    {
        var sensors = _tree.Sensors();
        Counters(0);
        sensors.Read(0, 0);
        Counters(50_000_000);
        _tree.Time.Advance(Interval);

        Assert.Equal(10, sensors.Read(0, 0).PowerW!.Value, 6);

        void Counters(long microjoules)
        {
            _tree.Package(0, microjoules);
            _tree.Package(1, microjoules * 7, "psys");
            _tree.Write("sys/class/powercap/intel-rapl:0:0/name", "package-part");
            _tree.Write("sys/class/powercap/intel-rapl:0:0/energy_uj", $"{microjoules}");
            _tree.Write("sys/class/powercap/intel-rapl:0:0/max_energy_range_uj", $"{Range}");
            _tree.Write("sys/class/powercap/intel-rapl/enabled", "1");
        }
    }

    [Fact]
    public void Read_OnePackageUnreadable_IsUnknown()
    {
        var sensors = _tree.Sensors();
        Both((0, 0));
        sensors.Read(0, 0);
        _tree.Package(0, 50_000_000);
        _tree.Delete("sys/class/powercap/intel-rapl:1/energy_uj");
        _tree.Time.Advance(Interval);

        Assert.Null(sensors.Read(0, 0).PowerW);
    }

    [Fact]
    public void Read_PackageAppears_IsUnknownOnce()
    {
        var sensors = _tree.Sensors();
        _tree.Package(0, 0);
        sensors.Read(0, 0);
        Both((50_000_000, 50_000_000));
        _tree.Time.Advance(Interval);
        Assert.Null(sensors.Read(0, 0).PowerW);
        Both((100_000_000, 100_000_000));
        _tree.Time.Advance(Interval);

        Assert.Equal(20, sensors.Read(0, 0).PowerW!.Value, 6);
    }

    [Fact]
    public void Read_PackageGoes_IsUnknownOnce()
    {
        var sensors = _tree.Sensors();
        Both((0, 0));
        sensors.Read(0, 0);
        _tree.Package(0, 50_000_000);
        _tree.DeleteDirectory("sys/class/powercap/intel-rapl:1");
        _tree.Time.Advance(Interval);
        Assert.Null(sensors.Read(0, 0).PowerW);
        _tree.Package(0, 100_000_000);
        _tree.Time.Advance(Interval);

        Assert.Equal(10, sensors.Read(0, 0).PowerW!.Value, 6);
    }

    [Theory]
    [InlineData("energy_uj", "-1")]
    [InlineData("energy_uj", "262143328851")]
    [InlineData("energy_uj", "")]
    [InlineData("max_energy_range_uj", "0")]
    [InlineData("max_energy_range_uj", "x")]
    [InlineData("max_energy_range_uj", "6000000")]
    public void Read_Nonsense_IsUnknown(string file, string content)
    {
        var sensors = _tree.Sensors();
        Write(0);
        sensors.Read(0, 0);
        Write(1_000_000);
        _tree.Time.Advance(Interval);

        Assert.Null(sensors.Read(0, 0).PowerW);

        void Write(long microjoules)
        {
            _tree.Package(0, microjoules);
            _tree.Write($"sys/class/powercap/intel-rapl:0/{file}", content);
        }
    }

    [Fact]
    public void Read_OnBatteryAndCountersKnown_IsThePackages()
    {
        _tree.Supply("BAT0", "Battery", ("status", "Discharging"), ("power_now", "30000000"));
        var sensors = _tree.Sensors();
        _tree.Package(0, 0);
        Assert.Equal("battery", sensors.Read(0, 0).PowerSource);
        _tree.Package(0, 50_000_000);
        _tree.Time.Advance(Interval);

        var sample = sensors.Read(0, 0);

        Assert.Equal((10, "rapl"), (Math.Round(sample.PowerW!.Value, 6), sample.PowerSource));
    }

    private (double?, string?) Power((long, long) first, (long, long) second)
    {
        var sensors = _tree.Sensors();
        Both(first);
        sensors.Read(0, 0);
        Both(second);
        _tree.Time.Advance(Interval);
        var sample = sensors.Read(0, 0);
        return (sample.PowerW is { } watts ? Math.Round(watts, 6) : null, sample.PowerSource);
    }

    private void Both((long First, long Second) microjoules)
    {
        _tree.Package(0, microjoules.First);
        _tree.Package(1, microjoules.Second);
    }
}
