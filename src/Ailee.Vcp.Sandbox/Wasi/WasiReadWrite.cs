using Ailee.Vcp.Sandbox.Execution;
using Ailee.Vcp.Sandbox.Files;
using Wasmtime;

namespace Ailee.Vcp.Sandbox.Wasi;

/// <summary>Moving bytes from and to streams and files, and moving within files.</summary>
internal static class WasiReadWrite
{
    public static void Register(WasiFunctions wasi)
    {
        wasi.Define<int, int, int, int>("fd_read", FdRead);
        wasi.Define<int, int, int, int>("fd_write", FdWrite);
        wasi.Define<int, int, int, long, int>("fd_pread", FdPread);
        wasi.Define<int, int, int, long, int>("fd_pwrite", FdPwrite);
        wasi.Define<int, long, int, int>("fd_seek", (caller, fd, offset, whence, result) => FdSeek(caller, fd, offset, whence, result, wasi.Abi));
        wasi.Define<int, int>("fd_tell", FdTell);
    }

    private static int FdRead(Caller caller, int fd, int vectors, int count, int read)
    {
        var call = HostCall.Begin(caller, "fd_read");
        var errno = call.State.Descriptors.Find(fd) switch
        {
            StreamDescriptor { Kind: StreamKind.Stdin } stdin when stdin.Has(Rights.Read) => ReadStdin(ref call, (uint)vectors, (uint)count, (uint)read),
            FileDescriptor file when file.Has(Rights.Read) => ReadFile(ref call, file, null, (uint)vectors, (uint)count, (uint)read),
            DirectoryDescriptor => Errno.IsDirectory,
            _ => Errno.BadDescriptor,
        };
        return call.End(errno, (uint)fd, (uint)vectors, (uint)count, (uint)read);
    }

    private static int FdWrite(Caller caller, int fd, int vectors, int count, int written)
    {
        var call = HostCall.Begin(caller, "fd_write");
        var errno = call.State.Descriptors.Find(fd) switch
        {
            StreamDescriptor stream when stream.Has(Rights.Write) => WriteStream(ref call, stream.Kind, (uint)fd, (uint)vectors, (uint)count, (uint)written),
            FileDescriptor file when file.Has(Rights.Write) => WriteFile(ref call, file, null, (uint)vectors, (uint)count, (uint)written),
            DirectoryDescriptor => Errno.IsDirectory,
            _ => Errno.BadDescriptor,
        };
        return call.End(errno, (uint)fd, (uint)vectors, (uint)count, (uint)written);
    }

    private static int FdPread(Caller caller, int fd, int vectors, int count, long offset, int read)
    {
        var call = HostCall.Begin(caller, "fd_pread");
        var errno = call.State.Descriptors.Find(fd) switch
        {
            FileDescriptor file when !file.Has(Rights.Read) => Errno.BadDescriptor,
            FileDescriptor file when !file.Has(Rights.Seek) => Errno.NotCapable,
            FileDescriptor when offset < 0 => Errno.Invalid,
            FileDescriptor file => ReadFile(ref call, file, (ulong)offset, (uint)vectors, (uint)count, (uint)read),
            var other => NoPosition(other),
        };
        return call.End(errno, (uint)fd, (uint)vectors, (uint)count, (ulong)offset, (uint)read);
    }

    private static int FdPwrite(Caller caller, int fd, int vectors, int count, long offset, int written)
    {
        var call = HostCall.Begin(caller, "fd_pwrite");
        var errno = call.State.Descriptors.Find(fd) switch
        {
            FileDescriptor file when !file.Has(Rights.Write) => Errno.BadDescriptor,
            FileDescriptor file when !file.Has(Rights.Seek) => Errno.NotCapable,
            FileDescriptor when offset < 0 => Errno.Invalid,
            FileDescriptor file => WriteFile(ref call, file, (ulong)offset, (uint)vectors, (uint)count, (uint)written),
            var other => NoPosition(other),
        };
        return call.End(errno, (uint)fd, (uint)vectors, (uint)count, (ulong)offset, (uint)written);
    }

    private static int FdSeek(Caller caller, int fd, long offset, int whence, int result, WasiAbi abi)
    {
        var call = HostCall.Begin(caller, "fd_seek");
        var errno = call.State.Descriptors.Find(fd) switch
        {
            FileDescriptor file => Seek(ref call, file, offset, (uint)whence, (uint)result, abi),
            var other => NoPosition(other),
        };
        return call.End(errno, (uint)fd, (ulong)offset, (uint)whence, (uint)result);
    }

    private static int FdTell(Caller caller, int fd, int result)
    {
        var call = HostCall.Begin(caller, "fd_tell");
        var errno = call.State.Descriptors.Find(fd) switch
        {
            FileDescriptor file when !file.Has(Rights.Tell) => Errno.NotCapable,
            FileDescriptor file => call.TryWrite((uint)result, file.Position) ? Errno.Success : Errno.Fault,
            var other => NoPosition(other),
        };
        return call.End(errno, (uint)fd, (uint)result);
    }

    private static Errno NoPosition(Descriptor? descriptor) => descriptor switch
    {
        StreamDescriptor => Errno.IllegalSeek,
        DirectoryDescriptor => Errno.IsDirectory,
        _ => Errno.BadDescriptor,
    };

    private static Errno Seek(ref HostCall call, FileDescriptor file, long offset, uint whence, uint result, WasiAbi abi)
    {
        if (whence >= abi.Whence.Count)
        {
            return Errno.Invalid;
        }

        var origin = abi.Whence[(int)whence];
        // Asking where one is needs less than going elsewhere.
        if (!file.Has(origin == SeekOrigin.Current && offset == 0 ? Rights.Tell : Rights.Seek))
        {
            return Errno.NotCapable;
        }

        var position = offset + (Int128)(origin switch
        {
            SeekOrigin.Begin => 0,
            SeekOrigin.Current => file.Position,
            _ => (ulong)file.File.SizeBytes,
        });
        if (position < 0 || position > long.MaxValue)
        {
            return Errno.Invalid;
        }

        if (!call.TryWrite(result, (ulong)position))
        {
            return Errno.Fault;
        }

        file.Position = (ulong)position;
        return Errno.Success;
    }

    private static Errno ReadStdin(ref HostCall call, uint vectors, uint count, uint read)
    {
        if (Check(ref call, vectors, count, read, out _) is var errno and not Errno.Success)
        {
            return errno;
        }

        uint moved = 0;
        for (uint i = 0; i < count && call.State.Streams.StdinLeft > 0; i++)
        {
            var target = IoVectors.At(ref call, vectors, i);
            var bytes = Math.Min(target.Length, call.State.Streams.StdinLeft);
            call.BurnBytes(bytes);
            call.State.Streams.ReadStdin(target[..bytes]);
            call.State.Moved(target[..bytes]);
            moved += (uint)bytes;
        }

        call.TryWrite(read, moved);
        return Errno.Success;
    }

    /// <param name="call">The call.</param>
    /// <param name="descriptor">What to read.</param>
    /// <param name="offset">Where; null for the descriptor's position, which then moves.</param>
    /// <param name="vectors">Address of the vectors.</param>
    /// <param name="count">Number of vectors.</param>
    /// <param name="read">Where the number of bytes goes.</param>
    private static Errno ReadFile(ref HostCall call, FileDescriptor descriptor, ulong? offset, uint vectors, uint count, uint read)
    {
        if (Check(ref call, vectors, count, read, out _) is var errno and not Errno.Success)
        {
            return errno;
        }

        var position = offset ?? descriptor.Position;
        uint moved = 0;
        for (uint i = 0; i < count; i++)
        {
            var target = IoVectors.At(ref call, vectors, i);
            var left = position < (ulong)descriptor.File.SizeBytes ? (ulong)descriptor.File.SizeBytes - position : 0;
            var bytes = (int)Math.Min((ulong)target.Length, left);
            call.BurnBytes(bytes);
            descriptor.File.Content.Read(position, target[..bytes]);
            call.State.Moved(target[..bytes]);
            position += (ulong)bytes;
            moved += (uint)bytes;
        }

        if (offset is null)
        {
            descriptor.Position = position;
        }

        call.TryWrite(read, moved);
        return Errno.Success;
    }

    private static Errno WriteStream(ref HostCall call, StreamKind kind, uint fd, uint vectors, uint count, uint written)
    {
        if (CheckWrite(ref call, vectors, count, written, out var total) is var errno and not Errno.Success)
        {
            return errno;
        }

        for (uint i = 0; i < count; i++)
        {
            var source = IoVectors.At(ref call, vectors, i);
            var kept = call.State.Streams.Write(kind, source);
            call.State.Moved(source[..kept]);
            if (kept < source.Length)
            {
                // The record and the fuel are written before the guest ends, so the count is exact here too.
                call.End(Errno.Success, fd, vectors, count, written);
                throw call.State.StopFor(StopReason.OutputLimit);
            }
        }

        call.TryWrite(written, (uint)total);
        return Errno.Success;
    }

    private static Errno WriteFile(ref HostCall call, FileDescriptor descriptor, ulong? offset, uint vectors, uint count, uint written)
    {
        if (CheckWrite(ref call, vectors, count, written, out _) is var errno and not Errno.Success)
        {
            return errno;
        }

        var appends = offset is null && (descriptor.Flags & Descriptor.AppendFlag) != 0;
        var position = appends ? (ulong)descriptor.File.SizeBytes : offset ?? descriptor.Position;
        uint moved = 0;
        for (uint i = 0; i < count; i++)
        {
            var source = IoVectors.At(ref call, vectors, i);
            if (call.State.Files.Write(descriptor.File, position, source) is var error and not Errno.Success)
            {
                // What was written before counts, as in POSIX; the next write hears of the error.
                if (moved == 0)
                {
                    return error;
                }

                break;
            }

            call.State.Moved(source);
            position += (ulong)source.Length;
            moved += (uint)source.Length;
        }

        if (offset is null)
        {
            descriptor.Position = position;
        }

        call.TryWrite(written, moved);
        return Errno.Success;
    }

    private static Errno CheckWrite(ref HostCall call, uint vectors, uint count, uint written, out long total)
    {
        var errno = Check(ref call, vectors, count, written, out total);
        if (errno == Errno.Success)
        {
            call.BurnBytes(total);
        }

        return errno;
    }

    // Checked before anything is moved: an error means that nothing was.
    private static Errno Check(ref HostCall call, uint vectors, uint count, uint result, out long total)
    {
        var errno = IoVectors.Check(ref call, vectors, count, out total);
        return errno != Errno.Success ? errno : call.TryMemory(result, sizeof(uint), out _) ? Errno.Success : Errno.Fault;
    }
}
