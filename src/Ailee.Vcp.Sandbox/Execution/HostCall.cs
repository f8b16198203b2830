using System.Buffers.Binary;
using System.Text;
using Ailee.Vcp.Core.Bundles;
using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Sandbox.Files;
using Wasmtime;

namespace Ailee.Vcp.Sandbox.Execution;

/// <summary>
/// One call of the guest into the host. Beginning it checks the meter and the deadline, because Wasmtime looks at them only at
/// function entries and loop heads; every byte and entry is paid before it is moved; ending it writes the trace. A pointer or
/// length out of bounds is <see cref="Errno.Fault"/>, as WASI says, not a trap.
/// </summary>
internal ref struct HostCall
{
    private readonly Caller _caller;
    private readonly string _name;
    private ulong _fuel;

    private HostCall(Caller caller, string name)
    {
        _caller = caller;
        _name = name;
        State = (GuestState)caller.GetData()!;
        _fuel = caller.Fuel;
    }

    public GuestState State { get; }

    public static HostCall Begin(Caller caller, string name)
    {
        var call = new HostCall(caller, name);
        call.State.ThrowIfInterrupted();
        call.Burn(GasSchedule.HostCall);
        return call;
    }

    /// <summary>Takes instructions from the guest; ends it as out of fuel if none would be left.</summary>
    public void Burn(long units)
    {
        if ((ulong)units >= _fuel)
        {
            _caller.Fuel = 0;
            throw State.StopFor(StopReason.OutOfFuel);
        }

        _fuel -= (ulong)units;
    }

    public void BurnBytes(long count) => Burn(GasSchedule.HostByte * count);

    /// <summary>Pays for the names that the file system has looked at since the last time.</summary>
    public void BurnSteps() => BurnEntries(State.TakeSteps());

    public void BurnEntries(long count) => Burn(GasSchedule.HostEntry * count);

    /// <summary>Writes the record of this call and gives the fuel back to the guest.</summary>
    public int End(Errno errno, params ReadOnlySpan<ulong> arguments)
    {
        _caller.Fuel = _fuel;
        var instructions = State.Request.Invocation.Limits.Instructions - (long)_fuel;
        State.Trace.HostCall(_name, arguments, (int)errno, State.TakeMoved(), instructions);
        return (int)errno;
    }

    /// <summary>A part of linear memory; false if it does not lie in it wholly.</summary>
    public readonly bool TryMemory(uint address, uint length, out Span<byte> span)
    {
        span = default;
        if (State.Memory is not { } memory || length > int.MaxValue || (long)address + length > memory.GetLength())
        {
            return false;
        }

        span = memory.GetSpan(address, (int)length);
        return true;
    }

    /// <summary>Reads a path, pays for it and notes it as moved.</summary>
    public Errno TryPath(uint address, uint length, out string path)
    {
        path = string.Empty;
        if (length > BundlePath.MaxBytes)
        {
            return Errno.NameTooLong;
        }

        BurnBytes(length);
        if (!TryMemory(address, length, out var bytes))
        {
            return Errno.Fault;
        }

        State.Moved(bytes);
        if (!System.Text.Unicode.Utf8.IsValid(bytes))
        {
            return Errno.IllegalBytes;
        }

        path = Encoding.UTF8.GetString(bytes);
        return bytes.Contains((byte)0) ? Errno.Invalid : Errno.Success;
    }

    /// <summary>Writes a little-endian number and notes it as moved; false if it does not fit into memory.</summary>
    public readonly bool TryWrite(uint address, uint value)
    {
        if (!TryMemory(address, sizeof(uint), out var span))
        {
            return false;
        }

        BinaryPrimitives.WriteUInt32LittleEndian(span, value);
        State.Moved(span);
        return true;
    }

    /// <inheritdoc cref="TryWrite(uint, uint)"/>
    public readonly bool TryWrite(uint address, ulong value)
    {
        if (!TryMemory(address, sizeof(ulong), out var span))
        {
            return false;
        }

        BinaryPrimitives.WriteUInt64LittleEndian(span, value);
        State.Moved(span);
        return true;
    }
}
