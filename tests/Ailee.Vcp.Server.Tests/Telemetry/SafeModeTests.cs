using Ailee.Vcp.Client.Mesh;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Cose;
using Ailee.Vcp.Core.Nodes;
using Ailee.Vcp.Server.Telemetry;

namespace Ailee.Vcp.Server.Tests.Telemetry;

public sealed class SafeModeTests : IDisposable
{
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(5);

    private readonly Fleet _fleet = new(new SafetyOptions { MaxPowerW = 200, MinBatteryPercent = 20 });

    public static TheoryData<NodeTelemetry, string> Breaches { get; } = new()
    {
        { new NodeTelemetry { TemperatureC = 85.5 }, "temperature" },
        { new NodeTelemetry { PowerW = 201, PowerSource = "rapl" }, "power" },
        { new NodeTelemetry { BatteryPercent = 19 }, "battery" },
    };

    [Theory]
    [MemberData(nameof(Breaches))]
    public async Task Take_BeyondALimit_IsSafeModeAtOnceWithItsReason(NodeTelemetry telemetry, string name)
    {
        var node = await _fleet.EnrolAsync();

        var reply = _fleet.Beat(node, telemetry);

        Assert.Equal("safe-mode", reply.State);
        Assert.StartsWith(name + ": ", Assert.Single(reply.Reasons), StringComparison.Ordinal);
        Assert.Equal(reply.Reasons, _fleet.Node(node).SafeMode);
        Assert.Equal(0, _fleet.Node(node).Health.Value);
        _fleet.Watch.Tick();
        Assert.Equal(1, await _fleet.MetricAsync($"vcp_nodes_safe_mode{{reason=\"{name}\"}}"));
    }

    [Fact]
    public async Task Take_AtTheLimits_IsOnline()
    {
        var node = await _fleet.EnrolAsync();

        Assert.Equal("online", _fleet.Beat(node, new NodeTelemetry { TemperatureC = 85, PowerW = 200, BatteryPercent = 20, Errors = 25 }).State);
    }

    [Fact]
    public async Task Take_CoolerButNotByTheMargin_StaysInSafeMode()
    {
        var node = await _fleet.EnrolAsync();
        _fleet.Beat(node, new NodeTelemetry { TemperatureC = 90 });

        await _fleet.LiveAsync(node, TimeSpan.FromMinutes(5), Heartbeat, new NodeTelemetry { TemperatureC = 84 });

        Assert.Equal("safe-mode", _fleet.Beat(node, new NodeTelemetry { TemperatureC = 84 }).State);
    }

    [Fact]
    public async Task Take_CoolForAMinute_IsBackAndNotBefore()
    {
        var node = await _fleet.EnrolAsync();
        _fleet.Beat(node, new NodeTelemetry { TemperatureC = 90 });
        _fleet.Pass(Heartbeat);

        await _fleet.LiveAsync(node, SafetyPolicy.CalmNeeded, Heartbeat, Fleet.Cool);

        Assert.Equal("safe-mode", _fleet.State(node));
        Assert.Equal("online", _fleet.Beat(node, Fleet.Cool).State);
        Assert.True(_fleet.Node(node).Health.Value > 0);
        _fleet.Watch.Tick();
        Assert.Equal(0, await _fleet.MetricAsync("vcp_nodes_safe_mode{reason=\"temperature\"}"));
    }

    [Fact]
    public async Task Take_HotAgainWhileItWaits_WaitsAnew()
    {
        var node = await _fleet.EnrolAsync();
        _fleet.Beat(node, new NodeTelemetry { TemperatureC = 90 });
        await _fleet.LiveAsync(node, TimeSpan.FromSeconds(50), Heartbeat, Fleet.Cool);
        _fleet.Beat(node, new NodeTelemetry { TemperatureC = 86 });

        await _fleet.LiveAsync(node, TimeSpan.FromSeconds(50), Heartbeat, Fleet.Cool);

        Assert.Equal("safe-mode", _fleet.State(node));
    }

    [Fact]
    public async Task Take_ErrorsOfALongLife_CountFromWhenItWasHeardOf()
    {
        var node = await _fleet.EnrolAsync();

        Assert.Equal("online", _fleet.Beat(node, new NodeTelemetry { Errors = 1000 }).State);
        Assert.Equal("online", _fleet.Beat(node, new NodeTelemetry { Errors = 1025 }).State);
        Assert.Equal("safe-mode", _fleet.Beat(node, new NodeTelemetry { Errors = 1026 }).State);
        await _fleet.LiveAsync(node, TimeSpan.FromMinutes(70), TimeSpan.FromSeconds(10), new NodeTelemetry { Errors = 1026 });

        Assert.Equal("online", _fleet.State(node));
    }

    [Fact]
    public async Task Take_FarAway_IsSafeMode()
    {
        var node = await _fleet.EnrolAsync();
        var probe = _fleet.Beat(node).Probe!;
        Assert.True(await _fleet.AnswerAsync(node, probe, TimeSpan.FromMilliseconds(101)));

        var reply = _fleet.Beat(node);

        Assert.Equal("safe-mode", reply.State);
        Assert.StartsWith("latency: 101 ms", Assert.Single(reply.Reasons), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Set_ClockSkew_HoldsUntilItIsCleared()
    {
        var node = await _fleet.EnrolAsync();
        _fleet.Beat(node);

        _fleet.Modes.Set(node, SafeModes.ClockSkew, "The clock is wrong.");

        Assert.Equal("safe-mode", _fleet.State(node));
        Assert.Equal(["The clock is wrong."], _fleet.Beat(node, Fleet.Cool).Reasons);
        _fleet.Watch.Tick();
        Assert.Equal(1, await _fleet.MetricAsync("vcp_nodes_safe_mode{reason=\"clock-skew\"}"));
        _fleet.Modes.Clear(node, SafeModes.ClockSkew);
        Assert.Equal("online", _fleet.State(node));
        Assert.True(_fleet.Node(node).Health.Value > 0);
    }

    [Fact]
    public async Task Begin_ANewSession_TrustsTheClockAgain()
    {
        var node = await _fleet.EnrolAsync();
        _fleet.Beat(node, new NodeTelemetry { TemperatureC = 90 });
        _fleet.Modes.Set(node, SafeModes.ClockSkew, "The clock is wrong.");
        Assert.Equal(2, _fleet.Node(node).SafeMode.Count);

        _fleet.Sessions.Begin(node);

        Assert.StartsWith("temperature", Assert.Single(_fleet.Node(node).SafeMode), StringComparison.Ordinal);
    }

    [Fact]
    public void Set_NotEnrolled_DoesNothing()
    {
        using var key = SigningKey.Create();

        _fleet.Modes.Set(key.PublicKey.Id, SafeModes.ClockSkew, "The clock is wrong.");
        _fleet.Sessions.Begin(key.PublicKey.Id);

        Assert.Null(_fleet.Registry.Find(key.PublicKey.Id));
    }

    [Fact]
    public async Task Set_WhileItBeats_NothingIsLost()
    {
        var nodes = new List<NodeId>();
        for (var i = 0; i < 4; i++)
        {
            nodes.Add(await _fleet.EnrolAsync());
        }

        await Task.WhenAll(nodes.Select(node => Task.Run(() =>
        {
            for (var i = 0; i < 500; i++)
            {
                Parallel.Invoke(
                    () => _fleet.Beat(node, Fleet.Cool),
                    () => _fleet.Modes.Set(node, SafeModes.ClockSkew, "The clock is wrong."));
                Assert.Single(_fleet.Node(node).SafeMode);
                _fleet.Modes.Clear(node, SafeModes.ClockSkew);
                Assert.Empty(_fleet.Node(node).SafeMode);
            }
        })));
    }

    public void Dispose() => _fleet.Dispose();
}
