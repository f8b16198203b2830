using System.Buffers.Binary;
using Ailee.Vcp.Sandbox.Execution;
using Wasmtime;

namespace Ailee.Vcp.Sandbox.Wasi;

/// <summary>Reading, writing and asking about descriptors.</summary>
internal static class WasiStreams
{
    private const int VectorBytes = 8;
    private const uint MaxVectors = 1024; // IOV_MAX
    private const ulong RightRead = 1 << 1;
    private const ulong RightWrite = 1 << 6;
    private const ulong RightStat = 1 << 21;
    private const ulong RightPoll = 1 << 27;

    public static void Register(WasiHost host)
    {
        host.Define<int, int, int, int>("fd_read", FdRead);
        host.Define<int, int, int, int>("fd_write", FdWrite);
        host.Define<int>("fd_close", FdClose);
        host.Define<int, int>("fd_renumber", FdRenumber);
        host.Define<int, int>("fd_fdstat_get", FdFdstatGet);
        host.Define<int, int>("fd_filestat_get", FdFilestatGet);
        host.Define<int, long, int, int>("fd_seek", FdSeek);
        host.Define<int, int>("fd_tell", FdTell);
    }

    private static int FdRead(Caller caller, int descriptor, int vectors, int count, int read)
    {
        var call = HostCall.Begin(caller, "fd_read");
        var errno = call.State.Streams.TryGet(descriptor, out var kind)
            ? kind == StreamKind.Stdin ? Read(ref call, (uint)vectors, (uint)count, (uint)read) : Errno.BadFileDescriptor
            : Errno.BadFileDescriptor;
        return call.End(errno, (uint)descriptor, (uint)vectors, (uint)count, (uint)read);
    }

    private static int FdWrite(Caller caller, int descriptor, int vectors, int count, int written)
    {
        var call = HostCall.Begin(caller, "fd_write");
        var errno = call.State.Streams.TryGet(descriptor, out var kind) && kind != StreamKind.Stdin
            ? Write(ref call, kind, (uint)descriptor, (uint)vectors, (uint)count, (uint)written)
            : Errno.BadFileDescriptor;
        return call.End(errno, (uint)descriptor, (uint)vectors, (uint)count, (uint)written);
    }

    private static int FdClose(Caller caller, int descriptor)
    {
        var call = HostCall.Begin(caller, "fd_close");
        return call.End(call.State.Streams.Close(descriptor) ? Errno.Success : Errno.BadFileDescriptor, (uint)descriptor);
    }

    private static int FdRenumber(Caller caller, int from, int to)
    {
        var call = HostCall.Begin(caller, "fd_renumber");
        return call.End(call.State.Streams.Renumber(from, to) ? Errno.Success : Errno.BadFileDescriptor, (uint)from, (uint)to);
    }

    private static int FdFdstatGet(Caller caller, int descriptor, int result)
    {
        var call = HostCall.Begin(caller, "fd_fdstat_get");
        var errno = Errno.BadFileDescriptor;
        if (call.State.Streams.TryGet(descriptor, out var kind))
        {
            errno = Errno.Fault;
            if (call.TryMemory((uint)result, 24, out var stat))
            {
                // File type 0 (unknown) is what a pipe has: programs then buffer fully and never take us for a terminal.
                stat.Clear();
                BinaryPrimitives.WriteUInt64LittleEndian(stat[8..], RightStat | RightPoll | (kind == StreamKind.Stdin ? RightRead : RightWrite));
                call.State.Moved(stat);
                errno = Errno.Success;
            }
        }

        return call.End(errno, (uint)descriptor, (uint)result);
    }

    private static int FdFilestatGet(Caller caller, int descriptor, int result)
    {
        var call = HostCall.Begin(caller, "fd_filestat_get");
        var errno = Errno.BadFileDescriptor;
        if (call.State.Streams.TryGet(descriptor, out var kind))
        {
            errno = Errno.Fault;
            if (call.TryMemory((uint)result, 64, out var stat))
            {
                stat.Clear();
                BinaryPrimitives.WriteUInt64LittleEndian(stat[8..], (ulong)kind + 1); // inode
                BinaryPrimitives.WriteUInt64LittleEndian(stat[24..], 1); // links
                call.State.Moved(stat);
                errno = Errno.Success;
            }
        }

        return call.End(errno, (uint)descriptor, (uint)result);
    }

    private static int FdSeek(Caller caller, int descriptor, long offset, int whence, int result)
    {
        var call = HostCall.Begin(caller, "fd_seek");
        var errno = call.State.Streams.TryGet(descriptor, out _) ? Errno.IllegalSeek : Errno.BadFileDescriptor;
        return call.End(errno, (uint)descriptor, (ulong)offset, (uint)whence, (uint)result);
    }

    private static int FdTell(Caller caller, int descriptor, int result)
    {
        var call = HostCall.Begin(caller, "fd_tell");
        var errno = call.State.Streams.TryGet(descriptor, out _) ? Errno.IllegalSeek : Errno.BadFileDescriptor;
        return call.End(errno, (uint)descriptor, (uint)result);
    }

    private static int Read(ref HostCall call, uint vectors, uint count, uint read)
    {
        if (CheckVectors(ref call, vectors, count, out _) is var errno and not Errno.Success)
        {
            return errno;
        }

        uint moved = 0;
        for (uint i = 0; i < count && call.State.Streams.StdinLeft > 0; i++)
        {
            var target = Vector(ref call, vectors, i);
            var bytes = Math.Min(target.Length, call.State.Streams.StdinLeft);
            call.BurnBytes(bytes);
            call.State.Streams.ReadStdin(target[..bytes]);
            call.State.Moved(target[..bytes]);
            moved += (uint)bytes;
        }

        return call.TryWrite(read, moved) ? Errno.Success : Errno.Fault;
    }

    private static int Write(ref HostCall call, StreamKind kind, uint descriptor, uint vectors, uint count, uint written)
    {
        if (CheckVectors(ref call, vectors, count, out var total) is var errno and not Errno.Success)
        {
            return errno;
        }

        if (total > uint.MaxValue)
        {
            return Errno.Invalid;
        }

        if (!call.TryMemory(written, sizeof(uint), out _))
        {
            return Errno.Fault;
        }

        call.BurnBytes(total);
        for (uint i = 0; i < count; i++)
        {
            var source = Vector(ref call, vectors, i);
            var kept = call.State.Streams.Write(kind, source);
            call.State.Moved(source[..kept]);
            if (kept < source.Length)
            {
                // The record and the fuel are written before the guest ends, so the count is exact here too.
                call.End(Errno.Success, descriptor, vectors, count, written);
                throw call.State.StopFor(StopReason.OutputLimit);
            }
        }

        call.TryWrite(written, (uint)total);
        return Errno.Success;
    }

    /// <summary>Pays for the vectors and checks that they, and what they point to, lie in memory.</summary>
    private static int CheckVectors(ref HostCall call, uint vectors, uint count, out long total)
    {
        total = 0;
        if (count > MaxVectors)
        {
            return Errno.Invalid;
        }

        call.BurnEntries(count);
        if (!call.TryMemory(vectors, count * VectorBytes, out var table))
        {
            return Errno.Fault;
        }

        for (; !table.IsEmpty; table = table[VectorBytes..])
        {
            var length = BinaryPrimitives.ReadUInt32LittleEndian(table[4..]);
            if (!call.TryMemory(BinaryPrimitives.ReadUInt32LittleEndian(table), length, out _))
            {
                return Errno.Fault;
            }

            total += length;
        }

        return Errno.Success;
    }

    // Read again for each use: reading stdin may have overwritten the next vector. One that then lies outside memory is empty.
    private static Span<byte> Vector(ref HostCall call, uint vectors, uint index)
    {
        call.TryMemory(vectors + (index * VectorBytes), VectorBytes, out var entry);
        call.TryMemory(BinaryPrimitives.ReadUInt32LittleEndian(entry), BinaryPrimitives.ReadUInt32LittleEndian(entry[4..]), out var span);
        return span;
    }
}
