using Ailee.Vcp.Client.Mesh;
using Ailee.Vcp.Server.Telemetry;

namespace Ailee.Vcp.Server.Tests.Telemetry;

public sealed class TelemetryRulesTests
{
    private static readonly NodeTelemetry Fine = new()
    {
        CpuLoad = 0.5,
        MemoryFreeBytes = 1000,
        MemoryTotalBytes = 2000,
        TemperatureC = 50,
        PowerW = 30,
        PowerSource = "rapl",
        BatteryPercent = 80,
        OnBattery = true,
        CarbonGramsPerKwh = 300,
        Running = 2,
        Errors = 3,
    };

    public static TheoryData<NodeTelemetry, NodeTelemetry, string> Garbage { get; } = new()
    {
        { Fine with { CpuLoad = 1.01 }, Fine with { CpuLoad = null }, "cpuLoad" },
        { Fine with { CpuLoad = -0.01 }, Fine with { CpuLoad = null }, "cpuLoad" },
        { Fine with { CpuLoad = double.NaN }, Fine with { CpuLoad = null }, "cpuLoad" },
        { Fine with { MemoryFreeBytes = -1 }, Fine with { MemoryFreeBytes = null }, "memoryFreeBytes" },
        { Fine with { MemoryFreeBytes = 2001 }, Fine with { MemoryFreeBytes = null }, "memoryFreeBytes" },
        { Fine with { MemoryTotalBytes = long.MaxValue }, Fine with { MemoryTotalBytes = null }, "memoryTotalBytes" },
        { Fine with { MemoryTotalBytes = -1 }, Fine with { MemoryTotalBytes = null }, "memoryTotalBytes" },
        { Fine with { TemperatureC = 1e300 }, Fine with { TemperatureC = null }, "temperatureC" },
        { Fine with { TemperatureC = -274 }, Fine with { TemperatureC = null }, "temperatureC" },
        { Fine with { TemperatureC = double.PositiveInfinity }, Fine with { TemperatureC = null }, "temperatureC" },
        { Fine with { PowerW = -1 }, Fine with { PowerW = null, PowerSource = null }, "powerW,powerSource" },
        { Fine with { PowerW = 1e7 }, Fine with { PowerW = null, PowerSource = null }, "powerW,powerSource" },
        { Fine with { PowerSource = "sun" }, Fine with { PowerSource = null }, "powerSource" },
        { Fine with { PowerW = null }, Fine with { PowerW = null, PowerSource = null }, "powerSource" },
        { Fine with { BatteryPercent = 101 }, Fine with { BatteryPercent = null }, "batteryPercent" },
        { Fine with { BatteryPercent = double.NegativeInfinity }, Fine with { BatteryPercent = null }, "batteryPercent" },
        { Fine with { CarbonGramsPerKwh = -5 }, Fine with { CarbonGramsPerKwh = null }, "carbonGramsPerKwh" },
        { Fine with { Running = -1 }, Fine with { Running = 0 }, "running" },
        { Fine with { Running = int.MaxValue }, Fine with { Running = 0 }, "running" },
        { Fine with { Errors = -1 }, Fine with { Errors = 0 }, "errors" },
        { Fine with { CpuLoad = 7, BatteryPercent = -7 }, Fine with { CpuLoad = null, BatteryPercent = null }, "cpuLoad,batteryPercent" },
    };

    [Theory]
    [MemberData(nameof(Garbage))]
    public void Accept_WhatCannotBe_IsDroppedByNameAndTheRestKept(NodeTelemetry told, NodeTelemetry kept, string names)
    {
        var accepted = TelemetryRules.Accept(told);

        Assert.Equal(kept, accepted.Kept);
        Assert.Equal(names.Split(','), accepted.Dropped);
    }

    [Fact]
    public void Accept_WhatCanBe_IsTheSame()
    {
        Assert.Same(Fine, TelemetryRules.Accept(Fine).Kept);
        Assert.Empty(TelemetryRules.Accept(Fine).Dropped);
        Assert.Empty(TelemetryRules.Accept(new NodeTelemetry()).Dropped);
    }

    [Fact]
    public async Task Take_Garbage_DropsItAndCountsIt()
    {
        using var fleet = new Fleet();
        var node = await fleet.EnrolAsync();

        var reply = fleet.Beat(node, Fine with { TemperatureC = 1e9 });

        Assert.Equal("online", reply.State);
        Assert.Equal(Fine with { TemperatureC = null }, fleet.Node(node).Telemetry);
        Assert.Equal(1, await fleet.MetricAsync("vcp_node_telemetry_dropped_total{value=\"temperatureC\"}"));
    }
}
