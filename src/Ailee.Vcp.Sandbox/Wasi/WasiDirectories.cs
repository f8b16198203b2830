using System.Buffers.Binary;
using System.Text;
using Ailee.Vcp.Sandbox.Execution;
using Ailee.Vcp.Sandbox.Files;
using Wasmtime;

namespace Ailee.Vcp.Sandbox.Wasi;

/// <summary>Reading directories, and the directories that a guest finds open.</summary>
internal static class WasiDirectories
{
    private const int HeadBytes = 24;

    public static void Register(WasiFunctions wasi)
    {
        wasi.Define<int, int, int, long, int>("fd_readdir", FdReaddir);
        wasi.Define<int, int>("fd_prestat_get", FdPrestatGet);
        wasi.Define<int, int, int>("fd_prestat_dir_name", FdPrestatDirName);
    }

    private static int FdReaddir(Caller caller, int fd, int buffer, int length, long cookie, int used)
    {
        var call = HostCall.Begin(caller, "fd_readdir");
        var errno = call.State.Descriptors.Find(fd) switch
        {
            DirectoryDescriptor directory when !directory.Has(Rights.ReadDirectory) => Errno.NotCapable,
            DirectoryDescriptor directory => Read(ref call, directory, (uint)buffer, (uint)length, (ulong)cookie, (uint)used),
            null => Errno.BadDescriptor,
            _ => Errno.NotDirectory,
        };
        return call.End(errno, (uint)fd, (uint)buffer, (uint)length, (ulong)cookie, (uint)used);
    }

    private static int FdPrestatGet(Caller caller, int fd, int result)
    {
        var call = HostCall.Begin(caller, "fd_prestat_get");
        var errno = Errno.BadDescriptor;
        if (call.State.Descriptors.Find(fd) is DirectoryDescriptor { Preopen: { } name })
        {
            errno = Errno.Fault;
            if (call.TryMemory((uint)result, 8, out var stat))
            {
                // Tag 0 (a directory), then the length of its name.
                stat.Clear();
                BinaryPrimitives.WriteUInt32LittleEndian(stat[4..], (uint)Encoding.UTF8.GetByteCount(name));
                call.State.Moved(stat);
                errno = Errno.Success;
            }
        }

        return call.End(errno, (uint)fd, (uint)result);
    }

    private static int FdPrestatDirName(Caller caller, int fd, int path, int length)
    {
        var call = HostCall.Begin(caller, "fd_prestat_dir_name");
        var errno = Errno.BadDescriptor;
        if (call.State.Descriptors.Find(fd) is DirectoryDescriptor { Preopen: { } name })
        {
            var bytes = Encoding.UTF8.GetBytes(name);
            errno = (uint)length < bytes.Length ? Errno.NameTooLong : Errno.Fault;
            if (errno == Errno.Fault && call.TryMemory((uint)path, (uint)bytes.Length, out var target))
            {
                call.BurnBytes(bytes.Length);
                bytes.CopyTo(target);
                call.State.Moved(target);
                errno = Errno.Success;
            }
        }

        return call.End(errno, (uint)fd, (uint)path, (uint)length);
    }

    private static Errno Read(ref HostCall call, DirectoryDescriptor directory, uint buffer, uint length, ulong cookie, uint used)
    {
        if (!call.TryMemory(buffer, length, out var rest) || !call.TryMemory(used, sizeof(uint), out _))
        {
            return Errno.Fault;
        }

        // From the start, or for the first time, the names are taken anew; a later call goes on in what the first one saw.
        if (cookie == 0 || directory.Listing is null)
        {
            var listing = call.State.Files.List(directory.Directory);
            call.BurnSteps();
            if (call.State.Descriptors.Keep(directory, listing) is var errno and not Errno.Success)
            {
                return errno;
            }
        }

        for (var index = cookie; !rest.IsEmpty && index < (ulong)directory.Listing!.Count + 2; index++)
        {
            call.BurnEntries(1);
            rest = rest[Write(ref call, At(directory, (int)index), index + 1, rest)..];
        }

        call.TryWrite(used, length - (uint)rest.Length);
        return Errno.Success;
    }

    private static DirectoryEntry At(DirectoryDescriptor directory, int index) => index switch
    {
        0 => new DirectoryEntry(".", directory.Directory.Number, FileKind.Directory),
        // What lies above an open directory does not show; the number is the directory's own, as at every root.
        1 => new DirectoryEntry("..", directory.Directory.Number, FileKind.Directory),
        _ => directory.Listing![index - 2],
    };

    // As much as fits: a guest knows by a full buffer that there is more, and asks for the last name again.
    private static int Write(ref HostCall call, DirectoryEntry entry, ulong next, Span<byte> target)
    {
        var name = Encoding.UTF8.GetBytes(entry.Name);
        Span<byte> bytes = [.. stackalloc byte[HeadBytes], .. name];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, next);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[8..], entry.Number);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[16..], (uint)name.Length);
        bytes[20] = (byte)entry.Kind;
        var count = Math.Min(bytes.Length, target.Length);
        call.BurnBytes(count);
        bytes[..count].CopyTo(target);
        call.State.Moved(bytes[..count]);
        return count;
    }
}
