using System.Buffers.Binary;
using Ailee.Vcp.Sandbox.Execution;
using Ailee.Vcp.Sandbox.Files;
using Wasmtime;

namespace Ailee.Vcp.Sandbox.Wasi;

/// <summary>Descriptors themselves: closing, moving, flags, rights, and advice that changes nothing.</summary>
internal static class WasiDescriptors
{
    private const int MaxAdvice = 5;

    public static void Register(WasiFunctions wasi)
    {
        wasi.Define<int>("fd_close", FdClose);
        wasi.Define<int, int>("fd_renumber", FdRenumber);
        wasi.Define<int, int>("fd_fdstat_get", FdFdstatGet);
        wasi.Define<int, int>("fd_fdstat_set_flags", FdFdstatSetFlags);
        wasi.Define<int, long, long>("fd_fdstat_set_rights", FdFdstatSetRights);
        wasi.Define<int, long, long, int>("fd_advise", FdAdvise);
        wasi.Define<int>("fd_datasync", (caller, fd) => Sync(caller, "fd_datasync", fd, Rights.DataSync));
        wasi.Define<int>("fd_sync", (caller, fd) => Sync(caller, "fd_sync", fd, Rights.Sync));
    }

    private static int FdClose(Caller caller, int fd)
    {
        var call = HostCall.Begin(caller, "fd_close");
        return call.End(call.State.Descriptors.Close(fd), (uint)fd);
    }

    private static int FdRenumber(Caller caller, int from, int to)
    {
        var call = HostCall.Begin(caller, "fd_renumber");
        return call.End(call.State.Descriptors.Renumber(from, to), (uint)from, (uint)to);
    }

    private static int FdFdstatGet(Caller caller, int fd, int result)
    {
        var call = HostCall.Begin(caller, "fd_fdstat_get");
        var errno = Errno.BadDescriptor;
        if (call.State.Descriptors.Find(fd) is { } descriptor)
        {
            errno = Errno.Fault;
            if (call.TryMemory((uint)result, 24, out var stat))
            {
                stat.Clear();
                // Streams are of an unknown kind, as a pipe is: programs then buffer fully and never take us for a terminal.
                stat[0] = descriptor switch
                {
                    FileDescriptor => (byte)FileKind.File,
                    DirectoryDescriptor => (byte)FileKind.Directory,
                    _ => 0,
                };
                BinaryPrimitives.WriteUInt16LittleEndian(stat[2..], descriptor.Flags);
                BinaryPrimitives.WriteUInt64LittleEndian(stat[8..], (ulong)descriptor.Rights);
                BinaryPrimitives.WriteUInt64LittleEndian(stat[16..], (ulong)descriptor.Inheriting);
                call.State.Moved(stat);
                errno = Errno.Success;
            }
        }

        return call.End(errno, (uint)fd, (uint)result);
    }

    private static int FdFdstatSetFlags(Caller caller, int fd, int flags)
    {
        var call = HostCall.Begin(caller, "fd_fdstat_set_flags");
        var descriptor = call.State.Descriptors.Find(fd);
        var errno = descriptor is null ? Errno.BadDescriptor
            : !descriptor.Has(Rights.SetFlags) ? Errno.NotCapable
            : (flags & ~Descriptor.AllFlags) != 0 ? Errno.Invalid
            : Errno.Success;
        if (errno == Errno.Success)
        {
            descriptor!.Flags = (ushort)flags;
        }

        return call.End(errno, (uint)fd, (uint)flags);
    }

    private static int FdFdstatSetRights(Caller caller, int fd, long rights, long inheriting)
    {
        var call = HostCall.Begin(caller, "fd_fdstat_set_rights");
        var descriptor = call.State.Descriptors.Find(fd);
        var (asked, askedInheriting) = ((Rights)rights, (Rights)inheriting);
        // Rights can be given up, never won.
        var errno = descriptor is null ? Errno.BadDescriptor
            : (asked & ~descriptor.Rights) != 0 || (askedInheriting & ~descriptor.Inheriting) != 0 ? Errno.NotCapable
            : Errno.Success;
        if (errno == Errno.Success)
        {
            descriptor!.Rights = asked;
            descriptor.Inheriting = askedInheriting;
        }

        return call.End(errno, (uint)fd, (ulong)rights, (ulong)inheriting);
    }

    private static int FdAdvise(Caller caller, int fd, long offset, long length, int advice)
    {
        var call = HostCall.Begin(caller, "fd_advise");
        var errno = call.State.Descriptors.Find(fd) switch
        {
            FileDescriptor file when !file.Has(Rights.Advise) => Errno.NotCapable,
            FileDescriptor => (uint)advice > MaxAdvice ? Errno.Invalid : Errno.Success,
            StreamDescriptor => Errno.IllegalSeek,
            _ => Errno.BadDescriptor,
        };
        return call.End(errno, (uint)fd, (ulong)offset, (ulong)length, (uint)advice);
    }

    private static int Sync(Caller caller, string name, int fd, Rights needed)
    {
        var call = HostCall.Begin(caller, name);
        var errno = call.State.Descriptors.Find(fd) switch
        {
            null => Errno.BadDescriptor,
            StreamDescriptor => Errno.Invalid,
            // Directories have no right to data sync, and nothing to write anywhere: there is nothing to refuse.
            FileDescriptor file when !file.Has(needed) => Errno.NotCapable,
            _ => Errno.Success,
        };
        return call.End(errno, (uint)fd);
    }
}
