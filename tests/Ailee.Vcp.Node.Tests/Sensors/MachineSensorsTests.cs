using Ailee.Vcp.Client.Mesh;
using Ailee.Vcp.Node.Sensors;

namespace Ailee.Vcp.Node.Tests.Sensors;

public sealed class MachineSensorsTests : IDisposable
{
    private readonly SensorTree _tree = new();

    public void Dispose() => _tree.Dispose();

    [Fact]
    public void Read_NothingThere_IsAllUnknown()
    {
        var sensors = _tree.Sensors();
        sensors.Read(0, 0);
        _tree.Time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(new NodeTelemetry { Running = 2, Errors = 3 }, sensors.Read(2, 3));
    }

    [Fact]
    public void Read_VirtualMachine_KnowsProcessorsAndMemoryOnly()
    {
        _tree.Stat(100, 900);
        _tree.Meminfo(4 << 20, 1 << 20);
        var sensors = _tree.Sensors();
        sensors.Read(0, 0);
        _tree.Stat(200, 1700);
        _tree.Time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(
            new NodeTelemetry { CpuLoad = 1.0 / 9, MemoryTotalBytes = 4L << 30, MemoryFreeBytes = 1L << 30 },
            sensors.Read(0, 0));
    }

    [Fact]
    public void Read_NoFilesOnThisSystem_KnowsTheMemoryOnly()
    {
        var sample = new MachineSensors(_tree.Time, null, root: null).Read(1, 0);

        Assert.True(sample.MemoryTotalBytes > 0);
        Assert.Equal(new NodeTelemetry { Running = 1, MemoryTotalBytes = sample.MemoryTotalBytes }, sample);
    }

    [Fact]
    public void Read_ThisMachine_IsInRange()
    {
        var sensors = new MachineSensors(_tree.Time, null);
        sensors.Read(0, 0);
        _tree.Time.Advance(TimeSpan.FromSeconds(5));

        var sample = sensors.Read(0, 0);

        SensorRanges.Check(sample);
        Assert.NotNull(sample.MemoryTotalBytes);
    }

    [Fact]
    public void Read_CarbonConfigured_IsSaid()
    {
        Assert.Equal(380, new MachineSensors(_tree.Time, 380, _tree.Root).Read(0, 0).CarbonGramsPerKwh);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(10_001)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void New_CarbonOutOfRange_Throws(double carbon)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new MachineSensors(_tree.Time, carbon));
    }
}
