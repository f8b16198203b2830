using System.Text;
using Ailee.Vcp.Sandbox.Execution;
using Ailee.Vcp.Sandbox.Files;
using Wasmtime;

namespace Ailee.Vcp.Sandbox.Wasi;

/// <summary>Opening, making, moving and removing names.</summary>
internal static class WasiPaths
{
    private const int FollowLinks = 1;
    private const int AllOpenFlags = 15;

    public static void Register(WasiFunctions wasi)
    {
        wasi.Define<int, int, int, int, int, long, long, int, int>("path_open", PathOpen);
        wasi.Define<int, int, int>("path_create_directory", (caller, fd, path, length) =>
            OnPath(caller, "path_create_directory", fd, Rights.CreateDirectory, path, length, static (files, directory, text) => files.CreateDirectory(directory, text)));
        wasi.Define<int, int, int>("path_remove_directory", (caller, fd, path, length) =>
            OnPath(caller, "path_remove_directory", fd, Rights.RemoveDirectory, path, length, static (files, directory, text) => files.RemoveDirectory(directory, text)));
        wasi.Define<int, int, int>("path_unlink_file", (caller, fd, path, length) =>
            OnPath(caller, "path_unlink_file", fd, Rights.Unlink, path, length, static (files, directory, text) => files.Unlink(directory, text)));
        wasi.Define<int, int, int, int, int, int, int>("path_link", PathLink);
        wasi.Define<int, int, int, int, int, int>("path_readlink", PathReadlink);
        wasi.Define<int, int, int, int, int, int>("path_rename", PathRename);
        wasi.Define<int, int, int, int, int>("path_symlink", PathSymlink);
    }

    /// <summary>What every call on a path begins with: the directory, then the path.</summary>
    public static Errno Begin(ref HostCall call, int fd, Rights needed, int path, int length, out DirectoryInode? directory, out string text)
    {
        (directory, text) = (null, string.Empty);
        var descriptor = call.State.Descriptors.Find(fd);
        if (descriptor is not DirectoryDescriptor open)
        {
            return descriptor is null ? Errno.BadDescriptor : Errno.NotDirectory;
        }

        directory = open.Directory;
        return open.Has(needed) ? call.TryPath((uint)path, (uint)length, out text) : Errno.NotCapable;
    }

    private static int PathOpen(Caller caller, int fd, int lookup, int path, int length, int openFlags, long rights, long inheriting, int flags, int result)
    {
        var call = HostCall.Begin(caller, "path_open");
        var errno = Open(ref call, fd, (lookup & FollowLinks) != 0, path, length, openFlags, ((Rights)rights, (Rights)inheriting), flags, (uint)result);
        return call.End(errno, (uint)fd, (uint)lookup, (uint)path, (uint)length, (uint)openFlags, (ulong)rights, (ulong)inheriting, (uint)flags, (uint)result);
    }

    private static Errno Open(ref HostCall call, int fd, bool follow, int path, int length, int openFlags, (Rights Own, Rights Inheriting) asked, int flags, uint result)
    {
        var mode = (OpenMode)openFlags;
        var needed = Rights.OpenPath
            | (mode.HasFlag(OpenMode.Create) ? Rights.CreateFile : Rights.None)
            | (mode.HasFlag(OpenMode.Truncate) ? Rights.SetPathSize : Rights.None);
        if (Begin(ref call, fd, needed, path, length, out var directory, out var text) is var errno and not Errno.Success)
        {
            return errno;
        }

        if ((openFlags & ~AllOpenFlags) != 0 || (flags & ~Descriptor.AllFlags) != 0)
        {
            return Errno.Invalid;
        }

        // Before anything is made or cut off: whoever gets an error has opened nothing.
        if (!call.TryMemory(result, sizeof(uint), out _))
        {
            return Errno.Fault;
        }

        if (!call.State.Descriptors.HasRoom)
        {
            return Errno.TooManyOpen;
        }

        errno = call.State.Files.Open(directory!, text, follow, mode, out var inode);
        call.BurnSteps();
        if (errno != Errno.Success)
        {
            return errno;
        }

        if (inode is DirectoryInode && asked.Own.HasFlag(Rights.Write))
        {
            return Errno.IsDirectory;
        }

        // More rights than there are to inherit are not given, but asking is no error: programs ask for all there are.
        var inherited = ((DirectoryDescriptor)call.State.Descriptors.Find(fd)!).Inheriting;
        Descriptor opened = inode is DirectoryInode found
            ? new DirectoryDescriptor(found, asked.Own & inherited & Rights.Directory, asked.Inheriting & inherited, (ushort)flags)
            : new FileDescriptor((FileInode)inode!, asked.Own & inherited & Rights.File, asked.Inheriting & inherited, (ushort)flags);
        call.TryWrite(result, call.State.Descriptors.Open(opened));
        return Errno.Success;
    }

    private static int PathLink(Caller caller, int fd, int lookup, int path, int length, int targetFd, int targetPath, int targetLength)
    {
        var call = HostCall.Begin(caller, "path_link");
        DirectoryInode? to = null;
        var newText = string.Empty;
        var errno = Begin(ref call, fd, Rights.LinkSource, path, length, out var from, out var text);
        if (errno == Errno.Success)
        {
            errno = Begin(ref call, targetFd, Rights.LinkTarget, targetPath, targetLength, out to, out newText);
        }

        if (errno == Errno.Success)
        {
            errno = call.State.Files.CreateLink(from!, text, (lookup & FollowLinks) != 0, to!, newText);
            call.BurnSteps();
        }

        return call.End(errno, (uint)fd, (uint)lookup, (uint)path, (uint)length, (uint)targetFd, (uint)targetPath, (uint)targetLength);
    }

    private static int PathRename(Caller caller, int fd, int path, int length, int targetFd, int targetPath, int targetLength)
    {
        var call = HostCall.Begin(caller, "path_rename");
        DirectoryInode? to = null;
        var newText = string.Empty;
        var errno = Begin(ref call, fd, Rights.RenameSource, path, length, out var from, out var text);
        if (errno == Errno.Success)
        {
            errno = Begin(ref call, targetFd, Rights.RenameTarget, targetPath, targetLength, out to, out newText);
        }

        if (errno == Errno.Success)
        {
            errno = call.State.Files.Rename(from!, text, to!, newText);
            call.BurnSteps();
        }

        return call.End(errno, (uint)fd, (uint)path, (uint)length, (uint)targetFd, (uint)targetPath, (uint)targetLength);
    }

    // The descriptor is the third parameter here; the record keeps it first, as in every other call.
    private static int PathSymlink(Caller caller, int content, int contentLength, int fd, int path, int length)
    {
        var call = HostCall.Begin(caller, "path_symlink");
        var target = string.Empty;
        var errno = Begin(ref call, fd, Rights.CreateSymlink, path, length, out var directory, out var text);
        if (errno == Errno.Success)
        {
            errno = call.TryPath((uint)content, (uint)contentLength, out target);
        }

        if (errno == Errno.Success)
        {
            errno = call.State.Files.CreateSymlink(target, directory!, text);
            call.BurnSteps();
        }

        return call.End(errno, (uint)fd, (uint)content, (uint)contentLength, (uint)path, (uint)length);
    }

    private static int PathReadlink(Caller caller, int fd, int path, int length, int buffer, int bufferLength, int used)
    {
        var call = HostCall.Begin(caller, "path_readlink");
        var errno = Begin(ref call, fd, Rights.ReadLink, path, length, out var directory, out var text);
        if (errno == Errno.Success)
        {
            errno = call.State.Files.ReadSymlink(directory!, text, out var target);
            call.BurnSteps();
            errno = errno == Errno.Success ? Write(ref call, target, (uint)buffer, (uint)bufferLength, (uint)used) : errno;
        }

        return call.End(errno, (uint)fd, (uint)path, (uint)length, (uint)buffer, (uint)bufferLength, (uint)used);
    }

    // A shorter buffer gets the beginning, as with POSIX readlink.
    private static Errno Write(ref HostCall call, string text, uint buffer, uint length, uint used)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var count = (uint)Math.Min(bytes.Length, length);
        if (!call.TryMemory(buffer, length, out _) || !call.TryMemory(buffer, count, out var target) || !call.TryMemory(used, sizeof(uint), out _))
        {
            return Errno.Fault;
        }

        call.BurnBytes(count);
        bytes.AsSpan(0, (int)count).CopyTo(target);
        call.State.Moved(target);
        call.TryWrite(used, count);
        return Errno.Success;
    }

    private static int OnPath(Caller caller, string name, int fd, Rights needed, int path, int length, Func<FileSystem, DirectoryInode, string, Errno> change)
    {
        var call = HostCall.Begin(caller, name);
        var errno = Begin(ref call, fd, needed, path, length, out var directory, out var text);
        if (errno == Errno.Success)
        {
            errno = change(call.State.Files, directory!, text);
            call.BurnSteps();
        }

        return call.End(errno, (uint)fd, (uint)path, (uint)length);
    }
}
