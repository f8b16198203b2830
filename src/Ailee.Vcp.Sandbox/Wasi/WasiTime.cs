using System.Buffers.Binary;
using Ailee.Vcp.Sandbox.Execution;
using Ailee.Vcp.Sandbox.Files;
using Wasmtime;

namespace Ailee.Vcp.Sandbox.Wasi;

/// <summary>Clocks and polling, all on the <see cref="VirtualClock"/>.</summary>
internal static class WasiTime
{
    private const int Realtime = 0;
    private const int ThreadCpuTime = 3;
    private const int EventBytes = 32;
    private const uint MaxSubscriptions = 4096;
    private const byte ClockEvent = 0;
    private const byte WriteEvent = 2;
    private const ushort AbsoluteTime = 1;

    public static void Register(WasiFunctions wasi)
    {
        wasi.Define<int, int>("clock_res_get", ClockResGet);
        wasi.Define<int, long, int>("clock_time_get", ClockTimeGet);
        wasi.Define<int, int, int, int>("poll_oneoff", (caller, subscriptions, events, count, result) => PollOneoff(caller, subscriptions, events, count, result, wasi.Abi));
    }

    private static int ClockResGet(Caller caller, int clock, int result)
    {
        var call = HostCall.Begin(caller, "clock_res_get");
        var errno = IsClock(clock) ? (call.TryWrite((uint)result, (ulong)VirtualClock.StepNanoseconds) ? Errno.Success : Errno.Fault) : Errno.Invalid;
        return call.End(errno, (uint)clock, (uint)result);
    }

    private static int ClockTimeGet(Caller caller, int clock, long precision, int result)
    {
        var call = HostCall.Begin(caller, "clock_time_get");
        var errno = Errno.Invalid;
        if (IsClock(clock))
        {
            call.State.Clock.Step();
            errno = call.TryWrite((uint)result, Now(call.State.Clock, clock)) ? Errno.Success : Errno.Fault;
        }

        return call.End(errno, (uint)clock, (ulong)precision, (uint)result);
    }

    private static int PollOneoff(Caller caller, int subscriptions, int events, int count, int result, WasiAbi abi)
    {
        var call = HostCall.Begin(caller, "poll_oneoff");
        var errno = Poll(ref call, (uint)subscriptions, (uint)events, (uint)count, (uint)result, abi);
        return call.End(errno, (uint)subscriptions, (uint)events, (uint)count, (uint)result);
    }

    private static Errno Poll(ref HostCall call, uint subscriptions, uint events, uint count, uint result, WasiAbi abi)
    {
        if (count is 0 or > MaxSubscriptions)
        {
            return Errno.Invalid;
        }

        call.BurnEntries(count);
        call.BurnBytes((long)count * (abi.SubscriptionBytes + EventBytes));
        if (!call.TryMemory(subscriptions, count * (uint)abi.SubscriptionBytes, out var input)
            || !call.TryMemory(events, count * EventBytes, out var output)
            || !call.TryMemory(result, sizeof(uint), out _))
        {
            return Errno.Fault;
        }

        // A copy: the guest may have placed its events over its subscriptions.
        var list = Parse(input.ToArray(), call.State, abi);
        var ready = list.Where(subscription => subscription.Wait == 0).ToList();
        if (ready.Count == 0)
        {
            // Only clocks can wait. Nobody sleeps: time moves to the first of them.
            var first = list.Min(subscription => subscription.Wait);
            call.State.Clock.Advance(first);
            ready = [.. list.Where(subscription => subscription.Wait == first)];
        }

        for (var i = 0; i < ready.Count; i++)
        {
            ready[i].WriteEvent(output.Slice(i * EventBytes, EventBytes));
        }

        call.State.Moved(output[..(ready.Count * EventBytes)]);
        call.TryWrite(result, (uint)ready.Count);
        return Errno.Success;
    }

    private static List<Subscription> Parse(byte[] input, GuestState state, WasiAbi abi)
    {
        var list = new List<Subscription>();
        for (var at = 0; at < input.Length; at += abi.SubscriptionBytes)
        {
            var entry = input.AsSpan(at, abi.SubscriptionBytes);
            var user = BinaryPrimitives.ReadUInt64LittleEndian(entry);
            list.Add(entry[8] == ClockEvent ? Clock(entry[abi.ClockAt..], user, state.Clock) : Stream(entry, user, state));
        }

        return list;
    }

    private static Subscription Clock(ReadOnlySpan<byte> entry, ulong user, VirtualClock clock)
    {
        var id = BinaryPrimitives.ReadInt32LittleEndian(entry);
        if (!IsClock(id))
        {
            return new Subscription(user, ClockEvent, Errno.Invalid, 0, 0);
        }

        var timeout = BinaryPrimitives.ReadUInt64LittleEndian(entry[8..]);
        var absolute = (BinaryPrimitives.ReadUInt16LittleEndian(entry[24..]) & AbsoluteTime) != 0;
        var now = Now(clock, id);
        var wait = !absolute ? timeout : timeout > now ? timeout - now : 0;
        return new Subscription(user, ClockEvent, Errno.Success, wait, 0);
    }

    private static Subscription Stream(ReadOnlySpan<byte> entry, ulong user, GuestState state)
    {
        var type = entry[8];
        if (type > WriteEvent)
        {
            return new Subscription(user, type, Errno.Invalid, 0, 0);
        }

        var descriptor = state.Descriptors.Find(BinaryPrimitives.ReadInt32LittleEndian(entry[16..]));
        var wantsRead = type != WriteEvent;
        var bytes = (descriptor, wantsRead) switch
        {
            (StreamDescriptor { Kind: StreamKind.Stdin }, true) => (ulong)state.Streams.StdinLeft,
            (StreamDescriptor { Kind: not StreamKind.Stdin }, false) => 0ul,
            (FileDescriptor file, true) => Math.Max((ulong)file.File.SizeBytes, file.Position) - file.Position,
            (FileDescriptor, false) => 0ul,
            _ => (ulong?)null,
        };
        return new Subscription(user, type, bytes is null ? Errno.BadDescriptor : Errno.Success, 0, bytes ?? 0);
    }

    private static bool IsClock(int clock) => clock is >= Realtime and <= ThreadCpuTime;

    private static ulong Now(VirtualClock clock, int id) => id == Realtime ? clock.Realtime : clock.Elapsed;

    /// <param name="User">The guest's own number.</param>
    /// <param name="Type">Clock, read or write.</param>
    /// <param name="Error">What the event says.</param>
    /// <param name="Wait">Nanoseconds until it is ready; 0 for what is ready now.</param>
    /// <param name="Bytes">Bytes to be read.</param>
    private readonly record struct Subscription(ulong User, byte Type, Errno Error, ulong Wait, ulong Bytes)
    {
        public void WriteEvent(Span<byte> target)
        {
            target.Clear();
            BinaryPrimitives.WriteUInt64LittleEndian(target, User);
            BinaryPrimitives.WriteUInt16LittleEndian(target[8..], (ushort)Error);
            target[10] = Type;
            BinaryPrimitives.WriteUInt64LittleEndian(target[16..], Bytes);
        }
    }
}
