using Ailee.Vcp.Client.Mesh;

namespace Ailee.Vcp.Node.Tests.Sensors;

/// <summary>What a sample may say, whatever the files say.</summary>
internal static class SensorRanges
{
    public static void Check(NodeTelemetry sample)
    {
        Within(sample.CpuLoad, 0, 1);
        Within(sample.MemoryTotalBytes, 1, 1L << 50);
        Within(sample.MemoryFreeBytes, 0, sample.MemoryTotalBytes ?? (1L << 50));
        Within(sample.TemperatureC, -40, 150);
        Within(sample.PowerW, 0, 10_000);
        Within(sample.BatteryPercent, 0, 100);
        Assert.Equal(sample.PowerW is null, sample.PowerSource is null);
    }

    private static void Within(double? value, double least, double most)
    {
        if (value is { } known)
        {
            Assert.InRange(known, least, most);
        }
    }
}
