using System.Buffers.Binary;
using Ailee.Vcp.Sandbox.Wasi;

namespace Ailee.Vcp.Sandbox.Tests.Wasi;

/// <summary>Polling never sleeps: the clock moves to what is waited for.</summary>
public sealed class PollTests(SandboxFixture fixture)
{
    private const int Events = 4096;
    private const int Count = 8192;
    private const ulong Start = 1_000_000_000_000;

    [Fact]
    public async Task PollOneoff_RelativeClock_MovesTimeByIt()
    {
        var poll = await PollAsync([Clock(7, 1, 5_000_000_000)]);

        Assert.Equal([new Event(7, 0, 0, 0)], poll.Events);
        Assert.Equal(5_000_000_000ul, poll.Elapsed);
    }

    [Theory]
    [InlineData(0, Start + 5_000_000, 5_000_000)]
    [InlineData(1, 5_000_000, 5_000_000)]
    [InlineData(0, Start - 1, 0)]
    [InlineData(0, 0, 0)]
    public async Task PollOneoff_AbsoluteClock_MovesTimeUpToItAndNeverBack(int clock, ulong until, ulong elapsed)
    {
        var poll = await PollAsync([Clock(7, clock, until, absolute: true)]);

        Assert.Equal([new Event(7, 0, 0, 0)], poll.Events);
        Assert.Equal(elapsed, poll.Elapsed);
    }

    [Fact]
    public async Task PollOneoff_SeveralClocks_OnlyTheFirstToCome()
    {
        var poll = await PollAsync([Clock(1, 1, 9_000), Clock(2, 1, 3_000), Clock(3, 0, Start + 3_000, absolute: true), Clock(4, 1, 3_001)]);

        Assert.Equal([new Event(2, 0, 0, 0), new Event(3, 0, 0, 0)], poll.Events);
        Assert.Equal(3_000ul, poll.Elapsed);
    }

    [Fact]
    public async Task PollOneoff_ZeroTimeout_TimeStands()
    {
        var poll = await PollAsync([Clock(1, 1, 0), Clock(2, 1, 10)]);

        Assert.Equal([new Event(1, 0, 0, 0)], poll.Events);
        Assert.Equal(0ul, poll.Elapsed);
    }

    [Fact]
    public async Task PollOneoff_ForEver_TimeEndsThere()
    {
        var poll = await PollAsync([Clock(1, 1, ulong.MaxValue)]);

        Assert.Equal([new Event(1, 0, 0, 0)], poll.Events);
        Assert.Equal(ulong.MaxValue, poll.Elapsed);
    }

    [Fact]
    public async Task PollOneoff_StreamsAndClock_StreamsAreReadyAndTimeStands()
    {
        var poll = await PollAsync([Clock(1, 1, 5_000), Stream(2, 1, 0), Stream(3, 2, 1), Stream(4, 2, 2)], stdin: new byte[77]);

        Assert.Equal([new Event(2, 0, 1, 77), new Event(3, 0, 2, 0), new Event(4, 0, 2, 0)], poll.Events);
        Assert.Equal(0ul, poll.Elapsed);
    }

    [Fact]
    public async Task PollOneoff_StdinAtItsEnd_ReadyWithNothing()
    {
        var poll = await PollAsync([Stream(2, 1, 0)]);

        Assert.Equal([new Event(2, 0, 1, 0)], poll.Events);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 3)]
    [InlineData(2, 0)]
    [InlineData(2, -1)]
    public async Task PollOneoff_StreamThatCannotDoIt_BadFileDescriptorInItsEvent(byte type, int descriptor)
    {
        var poll = await PollAsync([Stream(9, type, descriptor)]);

        Assert.Equal([new Event(9, Errno.BadFileDescriptor, type, 0)], poll.Events);
    }

    [Fact]
    public async Task PollOneoff_UnknownClockOrType_InvalidInItsEvent()
    {
        var poll = await PollAsync([Clock(1, 4, 5_000), Clock(2, -1, 0), Stream(3, 3, 0), Stream(4, 255, 1), Clock(5, 1, 5_000)]);

        Assert.Equal(
            [new Event(1, Errno.Invalid, 0, 0), new Event(2, Errno.Invalid, 0, 0), new Event(3, Errno.Invalid, 3, 0), new Event(4, Errno.Invalid, 255, 0)],
            poll.Events);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4097)]
    [InlineData(-1)]
    public async Task PollOneoff_NoSubscriptionsOrTooMany_Invalid(int count)
    {
        var run = await new GuestScript().Call("poll_oneoff", 0, Events, count, Count).RunAsync(fixture);

        Assert.Equal([Errno.Invalid], run.Errnos);
    }

    [Fact]
    public async Task PollOneoff_MoreThanMemoryHolds_Fault()
    {
        var run = await new GuestScript().Call("poll_oneoff", 0, 0, 4096, Count).RunAsync(fixture);

        Assert.Equal([Errno.Fault], run.Errnos);
    }

    [Fact]
    public async Task PollOneoff_EventsOverSubscriptions_ReadsFirst()
    {
        byte[] input = [.. Clock(1, 1, 5_000), .. Clock(2, 1, 5_000), .. Clock(3, 1, 5_000)];

        var run = await new GuestScript().Data(0, input).Call("poll_oneoff", 0, 0, 3, Count).Dump(0, 96).RunAsync(fixture);

        Assert.Equal([0], run.Errnos);
        Assert.Equal([1ul, 2, 3], run.Dumped.Chunk(32).Select(entry => BinaryPrimitives.ReadUInt64LittleEndian(entry)));
    }

    [Theory]
    [InlineData(1, 0, 7)]
    [InlineData(1, 3, 4)]
    [InlineData(1, 100, 0)]
    [InlineData(2, 0, 0)]
    public async Task PollOneoff_File_IsReadyAtOnceWithTheBytesThatAreLeft(byte type, int position, ulong bytes)
    {
        const int File = GuestFiles.First;

        var run = await new GuestScript()
            .Data(0, [.. Clock(1, 1, 5_000), .. Stream(9, type, File)])
            .Open("f").Seek(File, position, 0)
            .Call("poll_oneoff", 0, Events, 2, Count).Dump(Count, 4).Dump(Events, 32)
            .RunAsync(fixture, bundle: TestBundle.Of(TestBundle.File("f", "bundled")));

        Assert.Equal([0, 0, 0], run.Errnos);
        Assert.Equal(1, BinaryPrimitives.ReadInt32LittleEndian(run.Dumped.AsSpan(8)));
        Assert.Equal(new Event(9, 0, type, bytes), Event.Read(run.Dumped[12..]));
    }

    [Fact]
    public async Task PollOneoff_CountOutOfMemory_FaultAndTimeStands()
    {
        var run = await new GuestScript()
            .Data(0, Clock(1, 1, 5_000_000_000)).Call("poll_oneoff", 0, Events, 1, -1).Call("clock_time_get", 1, 0, 64).Dump(64, 8).Dump(Events, 32)
            .RunAsync(fixture);

        Assert.Equal([Errno.Fault, 0], run.Errnos);
        Assert.Equal([.. BitConverter.GetBytes(VirtualClock.StepNanoseconds), .. new byte[32]], run.Dumped);
    }

    private static byte[] Clock(ulong user, int clock, ulong timeout, bool absolute = false)
    {
        var entry = new byte[48];
        BinaryPrimitives.WriteUInt64LittleEndian(entry, user);
        BinaryPrimitives.WriteInt32LittleEndian(entry.AsSpan(16), clock);
        BinaryPrimitives.WriteUInt64LittleEndian(entry.AsSpan(24), timeout);
        BinaryPrimitives.WriteUInt64LittleEndian(entry.AsSpan(32), ulong.MaxValue); // precision, which changes nothing
        entry[40] = absolute ? (byte)1 : (byte)0;
        return entry;
    }

    private static byte[] Stream(ulong user, byte type, int descriptor)
    {
        var entry = new byte[48];
        BinaryPrimitives.WriteUInt64LittleEndian(entry, user);
        entry[8] = type;
        BinaryPrimitives.WriteInt32LittleEndian(entry.AsSpan(16), descriptor);
        return entry;
    }

    private async Task<Polled> PollAsync(byte[][] subscriptions, byte[]? stdin = null)
    {
        // The reading afterwards moves the clock by one step itself.
        var run = await new GuestScript()
            .Data(0, [.. subscriptions.SelectMany(entry => entry)])
            .Call("poll_oneoff", 0, Events, subscriptions.Length, Count)
            .Call("clock_time_get", 1, 0, Count + 8)
            .Dump(Count, 16)
            .Dump(Events, subscriptions.Length * 32)
            .RunAsync(fixture, SandboxFixture.Function() with { ClockNanoseconds = Start }, stdin);

        Assert.Equal([0, 0], run.Errnos);
        var count = BinaryPrimitives.ReadInt32LittleEndian(run.Dumped);
        var time = BinaryPrimitives.ReadUInt64LittleEndian(run.Dumped.AsSpan(8));
        var events = run.Dumped[16..].Chunk(32).Take(count).Select(Event.Read).ToList();
        Assert.All(run.Dumped.Skip(16 + (count * 32)), value => Assert.Equal(0, value));
        return new Polled(events, time == ulong.MaxValue ? time : time - VirtualClock.StepNanoseconds);
    }

    private sealed record Polled(IReadOnlyList<Event> Events, ulong Elapsed);

    private readonly record struct Event(ulong User, int Error, byte Type, ulong Bytes)
    {
        public static Event Read(byte[] entry)
        {
            // What is not read below is padding and flags: zero.
            Assert.All(entry[11..16].Concat(entry[24..]), value => Assert.Equal(0, value));
            return new Event(
                BinaryPrimitives.ReadUInt64LittleEndian(entry),
                BinaryPrimitives.ReadUInt16LittleEndian(entry.AsSpan(8)),
                entry[10],
                BinaryPrimitives.ReadUInt64LittleEndian(entry.AsSpan(16)));
        }
    }
}
