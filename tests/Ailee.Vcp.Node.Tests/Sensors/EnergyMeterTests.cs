using Ailee.Vcp.Node.Sensors;

namespace Ailee.Vcp.Node.Tests.Sensors;

public sealed class EnergyMeterTests : IDisposable
{
    private const long Range = 100_000_000_000;

    private readonly SensorTree _tree = new();
    private readonly MachineSensors _sensors;
    private long _microjoules;

    public EnergyMeterTests()
    {
        _tree.Package(0, 0, range: Range);
        _sensors = _tree.Sensors();
        _sensors.Read(0, 0);
    }

    public void Dispose() => _tree.Dispose();

    [Fact]
    public void End_RunAlone_IsWhatWasTakenMeanwhile()
    {
        Pass(2, 40);
        using var run = _sensors.Energy.Begin();
        Pass(2, 30);

        Assert.Equal(30, run.End()!.Value, 6);
    }

    [Fact]
    public void End_SamplesMeanwhile_CountOnAcrossAWrap()
    {
        using var run = _sensors.Energy.Begin();
        // 300 s at 500 W: more than the counter holds.
        for (var i = 0; i < 60; i++)
        {
            Pass(5, 2500);
            _sensors.Read(1, 0);
        }

        Assert.Equal(150_000, run.End()!.Value, 3);
    }

    [Fact]
    public void End_NoSampleWithinAWrap_IsUnknown()
    {
        using var run = _sensors.Energy.Begin();
        Pass(300, 30);

        Assert.Null(run.End());
    }

    [Fact]
    public void End_OtherRunAtAnyTime_IsUnknownForBothAndKnownForTheNext()
    {
        using var first = _sensors.Energy.Begin();
        Pass(2, 30);
        using var second = _sensors.Energy.Begin();
        Pass(2, 30);

        Assert.Null(first.End());
        Pass(2, 30);
        Assert.Null(second.End());
        using var third = _sensors.Energy.Begin();
        Pass(2, 30);
        Assert.Equal(30, third.End()!.Value, 6);
    }

    [Fact]
    public void End_OtherRunCameAndWent_IsUnknown()
    {
        using var first = _sensors.Energy.Begin();
        Pass(2, 30);
        _sensors.Energy.Begin().Dispose();
        Pass(2, 30);

        Assert.Null(first.End());
    }

    [Fact]
    public void End_Again_IsUnknownAndEndsNoOther()
    {
        var first = _sensors.Energy.Begin();
        Pass(2, 30);
        first.End();
        using var second = _sensors.Energy.Begin();
        Assert.Null(first.End());
        first.Dispose();
        using var third = _sensors.Energy.Begin();
        Pass(2, 30);

        Assert.Null(third.End());
    }

    [Fact]
    public void End_ShortRun_IsUnknown()
    {
        using var run = _sensors.Energy.Begin();
        Pass(0.099, 3);

        Assert.Null(run.End());
    }

    [Fact]
    public void End_CountersGoAndComeBack_IsUnknown()
    {
        using var run = _sensors.Energy.Begin();
        Pass(2, 30);
        _tree.DeleteDirectory("sys/class/powercap");
        _sensors.Read(1, 0);
        Pass(2, 30);
        _sensors.Read(1, 0);
        Pass(2, 30);

        Assert.Null(run.End());
    }

    [Fact]
    public void End_NoCounters_IsUnknownUntilASampleFindsThem()
    {
        using var tree = new SensorTree();
        var sensors = tree.Sensors();
        sensors.Read(0, 0);
        tree.Package(0, 0);
        Assert.Null(Measure());
        sensors.Read(0, 0);

        Assert.Equal(30, Measure()!.Value, 6);

        double? Measure()
        {
            tree.Package(0, 0);
            using var run = sensors.Energy.Begin();
            tree.Package(0, 30_000_000);
            tree.Time.Advance(TimeSpan.FromSeconds(2));
            return run.End();
        }
    }

    private void Pass(double seconds, long joules)
    {
        _microjoules = (_microjoules + (joules * 1_000_000)) % Range;
        _tree.Package(0, _microjoules, range: Range);
        _tree.Time.Advance(TimeSpan.FromSeconds(seconds));
    }
}
