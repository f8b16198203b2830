using System.Buffers.Binary;
using Ailee.Vcp.Sandbox.Wasi;

namespace Ailee.Vcp.Sandbox.Tests.Wasi;

public sealed class ClockTests(SandboxFixture fixture)
{
    private const ulong Start = 946_684_800_000_000_000; // 2000-01-01T00:00:00Z

    [Fact]
    public async Task ClockTimeGet_Realtime_StartsAtTheInvocationsClockAndSteps()
    {
        var times = await TimesAsync(Start, 0, 0, 0);

        Assert.Equal([Start + 1_000_000, Start + 2_000_000, Start + 3_000_000], times);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task ClockTimeGet_OtherClocks_StartAtZero(int clock)
    {
        var times = await TimesAsync(Start, clock, clock);

        Assert.Equal([1_000_000, 2_000_000], times);
    }

    [Fact]
    public async Task ClockTimeGet_DifferentClocks_AreOne()
    {
        var times = await TimesAsync(Start, 0, 1, 0, 3);

        Assert.Equal([Start + 1_000_000, 2_000_000, Start + 3_000_000, 4_000_000], times);
    }

    [Fact]
    public async Task ClockTimeGet_AnyPrecision_SameStep()
    {
        var run = await new GuestScript().Call("clock_time_get", 1, long.MaxValue, 0).Call("clock_time_get", 1, -1, 8).Dump(0, 16).RunAsync(fixture);

        Assert.Equal([0, 0], run.Errnos);
        Assert.Equal([.. BitConverter.GetBytes(1_000_000L), .. BitConverter.GetBytes(2_000_000L)], run.Dumped);
    }

    [Fact]
    public async Task ClockTimeGet_RunAgain_SameTimes()
    {
        Assert.Equal(await TimesAsync(0, 0, 1, 2), await TimesAsync(0, 0, 1, 2));
    }

    [Theory]
    [InlineData(4)]
    [InlineData(-1)]
    public async Task ClockTimeGet_UnknownClock_InvalidAndTimeStands(int clock)
    {
        var run = await new GuestScript()
            .Call("clock_time_get", clock, 0, 0).Call("clock_res_get", clock, 0).Call("clock_time_get", 1, 0, 0).Dump(0, 8)
            .RunAsync(fixture);

        Assert.Equal([Errno.Invalid, Errno.Invalid, 0], run.Errnos);
        Assert.Equal(BitConverter.GetBytes(1_000_000L), run.Dumped);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task ClockResGet_EachClock_IsTheStep(int clock)
    {
        var run = await new GuestScript().Call("clock_res_get", clock, 0).Dump(0, 8).RunAsync(fixture);

        Assert.Equal([0], run.Errnos);
        Assert.Equal(BitConverter.GetBytes(VirtualClock.StepNanoseconds), run.Dumped);
    }

    [Fact]
    public void Advance_BeyondTheEnd_StaysThere()
    {
        var clock = new VirtualClock(0);

        clock.Advance(ulong.MaxValue - 5);
        clock.Step();
        clock.Step();

        Assert.Equal(ulong.MaxValue, clock.Elapsed);
        Assert.Equal(ulong.MaxValue, clock.Realtime);
    }

    [Fact]
    public void Realtime_StartNearTheEnd_StaysThere()
    {
        var clock = new VirtualClock(ulong.MaxValue - 5);

        clock.Step();

        Assert.Equal(ulong.MaxValue, clock.Realtime);
    }

    private async Task<ulong[]> TimesAsync(ulong start, params int[] clocks)
    {
        var script = new GuestScript();
        foreach (var clock in clocks)
        {
            script.Call("clock_time_get", clock, 1, 0).Dump(0, 8);
        }

        var run = await script.RunAsync(fixture, SandboxFixture.Function() with { ClockNanoseconds = start });

        Assert.All(run.Errnos, errno => Assert.Equal(0, errno));
        return [.. run.Dumped.Chunk(8).Select(bytes => BinaryPrimitives.ReadUInt64LittleEndian(bytes))];
    }
}
