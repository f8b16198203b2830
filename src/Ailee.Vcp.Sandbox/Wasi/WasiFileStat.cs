using System.Buffers.Binary;
using Ailee.Vcp.Sandbox.Execution;
using Ailee.Vcp.Sandbox.Files;
using Wasmtime;

namespace Ailee.Vcp.Sandbox.Wasi;

/// <summary>What is known of files and directories: kind, size, times.</summary>
internal static class WasiFileStat
{
    private const int FollowLinks = 1;
    private const ulong Device = 1;

    public static void Register(WasiFunctions wasi)
    {
        wasi.Define<int, int>("fd_filestat_get", (caller, fd, result) => FdFilestatGet(caller, fd, result, wasi.Abi));
        wasi.Define<int, long>("fd_filestat_set_size", FdFilestatSetSize);
        wasi.Define<int, long, long>("fd_allocate", FdAllocate);
        wasi.Define<int, long, long, int>("fd_filestat_set_times", FdFilestatSetTimes);
        wasi.Define<int, int, int, int, int>("path_filestat_get", (caller, fd, lookup, path, length, result) => PathFilestatGet(caller, fd, lookup, path, length, result, wasi.Abi));
        wasi.Define<int, int, int, int, long, long, int>("path_filestat_set_times", PathFilestatSetTimes);
    }

    private static int FdFilestatGet(Caller caller, int fd, int result, WasiAbi abi)
    {
        var call = HostCall.Begin(caller, "fd_filestat_get");
        var errno = call.State.Descriptors.Find(fd) switch
        {
            null => Errno.BadDescriptor,
            var descriptor when !descriptor.Has(Rights.GetStat) => Errno.NotCapable,
            FileDescriptor file => Write(ref call, file.File, (uint)result, abi),
            DirectoryDescriptor directory => Write(ref call, directory.Directory, (uint)result, abi),
            var stream => WriteStream(ref call, ((StreamDescriptor)stream).Kind, (uint)result, abi),
        };
        return call.End(errno, (uint)fd, (uint)result);
    }

    private static int FdFilestatSetSize(Caller caller, int fd, long size)
    {
        var call = HostCall.Begin(caller, "fd_filestat_set_size");
        var errno = call.State.Descriptors.Find(fd) switch
        {
            FileDescriptor file when !file.Has(Rights.SetSize) => Errno.NotCapable,
            FileDescriptor when size < 0 => Errno.Invalid,
            FileDescriptor file => call.State.Files.Resize(file.File, (ulong)size),
            DirectoryDescriptor => Errno.IsDirectory,
            StreamDescriptor => Errno.Invalid,
            _ => Errno.BadDescriptor,
        };
        return call.End(errno, (uint)fd, (ulong)size);
    }

    private static int FdAllocate(Caller caller, int fd, long offset, long length)
    {
        var call = HostCall.Begin(caller, "fd_allocate");
        var errno = call.State.Descriptors.Find(fd) switch
        {
            FileDescriptor file when !file.Has(Rights.Allocate) => Errno.NotCapable,
            FileDescriptor => offset < 0 || length <= 0 ? Errno.Invalid : Errno.Success,
            DirectoryDescriptor => Errno.IsDirectory,
            StreamDescriptor => Errno.IllegalSeek,
            _ => Errno.BadDescriptor,
        };
        if (errno == Errno.Success && call.State.Descriptors.Find(fd) is FileDescriptor { File: var target } && (ulong)offset + (ulong)length > (ulong)target.SizeBytes)
        {
            errno = call.State.Files.Resize(target, (ulong)offset + (ulong)length);
        }

        return call.End(errno, (uint)fd, (ulong)offset, (ulong)length);
    }

    private static int FdFilestatSetTimes(Caller caller, int fd, long access, long modification, int flags)
    {
        var call = HostCall.Begin(caller, "fd_filestat_set_times");
        var errno = call.State.Descriptors.Find(fd) switch
        {
            null => Errno.BadDescriptor,
            StreamDescriptor => Errno.Invalid,
            var descriptor when !descriptor.Has(Rights.SetTimes) => Errno.NotCapable,
            FileDescriptor file => SetTimes(file.File, (ulong)access, (ulong)modification, flags, call.State.Clock.Realtime),
            var directory => SetTimes(((DirectoryDescriptor)directory).Directory, (ulong)access, (ulong)modification, flags, call.State.Clock.Realtime),
        };
        return call.End(errno, (uint)fd, (ulong)access, (ulong)modification, (uint)flags);
    }

    private static int PathFilestatGet(Caller caller, int fd, int lookup, int path, int length, int result, WasiAbi abi)
    {
        var call = HostCall.Begin(caller, "path_filestat_get");
        var errno = Find(ref call, fd, Rights.GetPathStat, lookup, path, length, out var inode);
        errno = errno == Errno.Success ? Write(ref call, inode!, (uint)result, abi) : errno;
        return call.End(errno, (uint)fd, (uint)lookup, (uint)path, (uint)length, (uint)result);
    }

    private static int PathFilestatSetTimes(Caller caller, int fd, int lookup, int path, int length, long access, long modification, int flags)
    {
        var call = HostCall.Begin(caller, "path_filestat_set_times");
        var errno = Find(ref call, fd, Rights.SetPathTimes, lookup, path, length, out var inode);
        errno = errno == Errno.Success ? SetTimes(inode!, (ulong)access, (ulong)modification, flags, call.State.Clock.Realtime) : errno;
        return call.End(errno, (uint)fd, (uint)lookup, (uint)path, (uint)length, (ulong)access, (ulong)modification, (uint)flags);
    }

    private static Errno Find(ref HostCall call, int fd, Rights needed, int lookup, int path, int length, out Inode? inode)
    {
        inode = null;
        if (WasiPaths.Begin(ref call, fd, needed, path, length, out var directory, out var text) is var errno and not Errno.Success)
        {
            return errno;
        }

        errno = call.State.Files.Find(directory!, text, (lookup & FollowLinks) != 0, out inode);
        call.BurnSteps();
        return errno;
    }

    private static Errno SetTimes(Inode inode, ulong access, ulong modification, int flags, ulong now)
    {
        const int Access = 1, AccessNow = 2, Modification = 4, ModificationNow = 8;
        if ((flags & ~15) != 0 || (flags & (Access | AccessNow)) == (Access | AccessNow) || (flags & (Modification | ModificationNow)) == (Modification | ModificationNow))
        {
            return Errno.Invalid;
        }

        inode.AccessTime = (flags & Access) != 0 ? access : (flags & AccessNow) != 0 ? now : inode.AccessTime;
        inode.ModifyTime = (flags & Modification) != 0 ? modification : (flags & ModificationNow) != 0 ? now : inode.ModifyTime;
        inode.ChangeTime = now;
        return Errno.Success;
    }

    private static Errno WriteStream(ref HostCall call, StreamKind kind, uint result, WasiAbi abi)
    {
        if (!call.TryMemory(result, (uint)abi.FileStatBytes, out var stat))
        {
            return Errno.Fault;
        }

        stat.Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(stat[8..], (ulong)kind + 1);
        stat[abi.LinksAt] = 1;
        call.State.Moved(stat);
        return Errno.Success;
    }

    private static Errno Write(ref HostCall call, Inode inode, uint result, WasiAbi abi)
    {
        if (!call.TryMemory(result, (uint)abi.FileStatBytes, out var stat))
        {
            return Errno.Fault;
        }

        stat.Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(stat, Device);
        BinaryPrimitives.WriteUInt64LittleEndian(stat[8..], inode.Number);
        stat[16] = (byte)inode.Kind;
        BinaryPrimitives.WriteUInt32LittleEndian(stat[abi.LinksAt..], (uint)inode.Links);
        var rest = stat[(abi.LinksAt + abi.LinksBytes)..];
        BinaryPrimitives.WriteUInt64LittleEndian(rest, (ulong)inode.SizeBytes);
        BinaryPrimitives.WriteUInt64LittleEndian(rest[8..], inode.AccessTime);
        BinaryPrimitives.WriteUInt64LittleEndian(rest[16..], inode.ModifyTime);
        BinaryPrimitives.WriteUInt64LittleEndian(rest[24..], inode.ChangeTime);
        call.State.Moved(stat);
        return Errno.Success;
    }
}
