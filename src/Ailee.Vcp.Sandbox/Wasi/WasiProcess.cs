using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Sandbox.Execution;
using Ailee.Vcp.Sandbox.Files;
using Wasmtime;

namespace Ailee.Vcp.Sandbox.Wasi;

/// <summary>Arguments, environment, randomness, exit.</summary>
internal static class WasiProcess
{
    private const int RandomPart = 1024 * 1024;

    public static void Register(WasiFunctions wasi)
    {
        wasi.Define<int, int>("args_get", ArgsGet);
        wasi.Define<int, int>("args_sizes_get", ArgsSizesGet);
        wasi.Define<int, int>("environ_get", EnvironGet);
        wasi.Define<int, int>("environ_sizes_get", EnvironSizesGet);
        wasi.Define<int, int>("random_get", RandomGet);
        wasi.Define<int>("proc_exit", ProcExit);
        wasi.Define<int>("proc_raise", ProcRaise);
        wasi.Define("sched_yield", SchedYield);
    }

    private static int ArgsGet(Caller caller, int pointers, int buffer) =>
        Get(HostCall.Begin(caller, "args_get"), state => state.Arguments, pointers, buffer);

    private static int ArgsSizesGet(Caller caller, int count, int size) =>
        Sizes(HostCall.Begin(caller, "args_sizes_get"), state => state.Arguments, count, size);

    private static int EnvironGet(Caller caller, int pointers, int buffer) =>
        Get(HostCall.Begin(caller, "environ_get"), state => state.Environment, pointers, buffer);

    private static int EnvironSizesGet(Caller caller, int count, int size) =>
        Sizes(HostCall.Begin(caller, "environ_sizes_get"), state => state.Environment, count, size);

    private static int RandomGet(Caller caller, int buffer, int length)
    {
        var call = HostCall.Begin(caller, "random_get");
        call.Burn((GasSchedule.HostByte + GasSchedule.RandomByte) * (uint)length);
        var errno = Errno.Fault;
        if (call.TryMemory((uint)buffer, (uint)length, out var span))
        {
            // In parts: hundreds of megabytes take seconds, and the deadline holds meanwhile.
            for (; !span.IsEmpty; span = span[Math.Min(RandomPart, span.Length)..])
            {
                call.State.ThrowIfInterrupted();
                var part = span[..Math.Min(RandomPart, span.Length)];
                call.State.Random.Fill(part);
                call.State.Moved(part);
            }

            errno = Errno.Success;
        }

        return call.End(errno, (uint)buffer, (uint)length);
    }

    private static void ProcExit(Caller caller, int code)
    {
        var call = HostCall.Begin(caller, "proc_exit");
        call.End(Errno.Success, (uint)code);
        throw call.State.Exit((uint)code);
    }

    private static int ProcRaise(Caller caller, int signal)
    {
        var call = HostCall.Begin(caller, "proc_raise");
        return call.End(Errno.NotSupported, (uint)signal);
    }

    private static int SchedYield(Caller caller)
    {
        var call = HostCall.Begin(caller, "sched_yield");
        return call.End(Errno.Success);
    }

    private static int Sizes(HostCall call, Func<GuestState, GuestStrings> strings, int count, int size)
    {
        var list = strings(call.State);
        var ok = call.TryWrite((uint)count, (uint)list.Items.Count) && call.TryWrite((uint)size, (uint)list.SizeBytes);
        return call.End(ok ? Errno.Success : Errno.Fault, (uint)count, (uint)size);
    }

    private static int Get(HostCall call, Func<GuestState, GuestStrings> strings, int pointers, int buffer)
    {
        var list = strings(call.State);
        call.BurnEntries(list.Items.Count);
        call.BurnBytes(list.SizeBytes);
        var (pointer, target, errno) = ((long)(uint)pointers, (long)(uint)buffer, Errno.Success);
        foreach (var item in list.Items)
        {
            if (pointer > uint.MaxValue || target > uint.MaxValue
                || !call.TryWrite((uint)pointer, (uint)target) || !call.TryMemory((uint)target, (uint)item.Length, out var span))
            {
                errno = Errno.Fault;
                break;
            }

            item.CopyTo(span);
            call.State.Moved(span);
            pointer += sizeof(uint);
            target += item.Length;
        }

        return call.End(errno, (uint)pointers, (uint)buffer);
    }
}
