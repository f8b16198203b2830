using Ailee.Vcp.Sandbox.Execution;
using Wasmtime;

namespace Ailee.Vcp.Sandbox.Wasi;

/// <summary>
/// The calls about files, directories and sockets. There is no file system, so no descriptor leads to a file: a call answers what
/// WASI says of a descriptor that is not open, or is open and leads to a stream.
/// </summary>
internal static class WasiFiles
{
    public static void Register(WasiHost host)
    {
        RegisterDescriptors(host);
        RegisterPaths(host);
        RegisterSockets(host);
    }

    private static void RegisterDescriptors(WasiHost host)
    {
        host.Define<int, long, long, int>("fd_advise", (caller, fd, offset, length, advice) =>
            Answer(caller, "fd_advise", fd, Errno.IllegalSeek, (ulong)offset, (ulong)length, (uint)advice));
        host.Define<int, long, long>("fd_allocate", (caller, fd, offset, length) =>
            Answer(caller, "fd_allocate", fd, Errno.IllegalSeek, (ulong)offset, (ulong)length));
        host.Define<int>("fd_datasync", (caller, fd) => Answer(caller, "fd_datasync", fd, Errno.Invalid));
        host.Define<int>("fd_sync", (caller, fd) => Answer(caller, "fd_sync", fd, Errno.Invalid));
        host.Define<int, int>("fd_fdstat_set_flags", (caller, fd, flags) =>
            Answer(caller, "fd_fdstat_set_flags", fd, Errno.NotSupported, (uint)flags));
        host.Define<int, long, long>("fd_fdstat_set_rights", (caller, fd, rights, inheriting) =>
            Answer(caller, "fd_fdstat_set_rights", fd, Errno.NotSupported, (ulong)rights, (ulong)inheriting));
        host.Define<int, long>("fd_filestat_set_size", (caller, fd, size) =>
            Answer(caller, "fd_filestat_set_size", fd, Errno.Invalid, (ulong)size));
        host.Define<int, long, long, int>("fd_filestat_set_times", (caller, fd, access, modification, flags) =>
            Answer(caller, "fd_filestat_set_times", fd, Errno.Invalid, (ulong)access, (ulong)modification, (uint)flags));
        host.Define<int, int, int, long, int>("fd_pread", (caller, fd, vectors, count, offset, read) =>
            Answer(caller, "fd_pread", fd, Errno.IllegalSeek, (uint)vectors, (uint)count, (ulong)offset, (uint)read));
        host.Define<int, int, int, long, int>("fd_pwrite", (caller, fd, vectors, count, offset, written) =>
            Answer(caller, "fd_pwrite", fd, Errno.IllegalSeek, (uint)vectors, (uint)count, (ulong)offset, (uint)written));
        host.Define<int, int, int, long, int>("fd_readdir", (caller, fd, buffer, length, cookie, used) =>
            Answer(caller, "fd_readdir", fd, Errno.NotDirectory, (uint)buffer, (uint)length, (ulong)cookie, (uint)used));
        host.Define<int, int>("fd_prestat_get", (caller, fd, result) =>
            Answer(caller, "fd_prestat_get", fd, Errno.BadFileDescriptor, (uint)result));
        host.Define<int, int, int>("fd_prestat_dir_name", (caller, fd, path, length) =>
            Answer(caller, "fd_prestat_dir_name", fd, Errno.BadFileDescriptor, (uint)path, (uint)length));
    }

    private static void RegisterPaths(WasiHost host)
    {
        host.Define<int, int, int, int, int, long, long, int, int>("path_open", (caller, fd, lookup, path, length, open, rights, inheriting, flags, result) =>
            Answer(caller, "path_open", fd, Errno.NotDirectory, (uint)lookup, (uint)path, (uint)length, (uint)open, (ulong)rights, (ulong)inheriting, (uint)flags, (uint)result));
        host.Define<int, int, int>("path_create_directory", (caller, fd, path, length) =>
            Answer(caller, "path_create_directory", fd, Errno.NotDirectory, (uint)path, (uint)length));
        host.Define<int, int, int>("path_remove_directory", (caller, fd, path, length) =>
            Answer(caller, "path_remove_directory", fd, Errno.NotDirectory, (uint)path, (uint)length));
        host.Define<int, int, int>("path_unlink_file", (caller, fd, path, length) =>
            Answer(caller, "path_unlink_file", fd, Errno.NotDirectory, (uint)path, (uint)length));
        host.Define<int, int, int, int, int>("path_filestat_get", (caller, fd, lookup, path, length, result) =>
            Answer(caller, "path_filestat_get", fd, Errno.NotDirectory, (uint)lookup, (uint)path, (uint)length, (uint)result));
        host.Define<int, int, int, int, long, long, int>("path_filestat_set_times", (caller, fd, lookup, path, length, access, modification, flags) =>
            Answer(caller, "path_filestat_set_times", fd, Errno.NotDirectory, (uint)lookup, (uint)path, (uint)length, (ulong)access, (ulong)modification, (uint)flags));
        host.Define<int, int, int, int, int, int, int>("path_link", (caller, fd, lookup, path, length, target, targetPath, targetLength) =>
            Answer(caller, "path_link", fd, Errno.NotDirectory, (uint)lookup, (uint)path, (uint)length, (uint)target, (uint)targetPath, (uint)targetLength));
        host.Define<int, int, int, int, int, int>("path_readlink", (caller, fd, path, length, buffer, bufferLength, used) =>
            Answer(caller, "path_readlink", fd, Errno.NotDirectory, (uint)path, (uint)length, (uint)buffer, (uint)bufferLength, (uint)used));
        host.Define<int, int, int, int, int, int>("path_rename", (caller, fd, path, length, target, targetPath, targetLength) =>
            Answer(caller, "path_rename", fd, Errno.NotDirectory, (uint)path, (uint)length, (uint)target, (uint)targetPath, (uint)targetLength));
        // The descriptor is the third parameter here; the record keeps it first, as in every other call.
        host.Define<int, int, int, int, int>("path_symlink", (caller, old, oldLength, fd, path, length) =>
            Answer(caller, "path_symlink", fd, Errno.NotDirectory, (uint)old, (uint)oldLength, (uint)path, (uint)length));
    }

    private static void RegisterSockets(WasiHost host)
    {
        host.Define<int, int, int>("sock_accept", (caller, fd, flags, result) =>
            Answer(caller, "sock_accept", fd, Errno.NotSocket, (uint)flags, (uint)result));
        host.Define<int, int, int, int, int, int>("sock_recv", (caller, fd, vectors, count, flags, read, outFlags) =>
            Answer(caller, "sock_recv", fd, Errno.NotSocket, (uint)vectors, (uint)count, (uint)flags, (uint)read, (uint)outFlags));
        host.Define<int, int, int, int, int>("sock_send", (caller, fd, vectors, count, flags, written) =>
            Answer(caller, "sock_send", fd, Errno.NotSocket, (uint)vectors, (uint)count, (uint)flags, (uint)written));
        host.Define<int, int>("sock_shutdown", (caller, fd, how) =>
            Answer(caller, "sock_shutdown", fd, Errno.NotSocket, (uint)how));
    }

    private static int Answer(Caller caller, string name, int descriptor, int ofStream, params ReadOnlySpan<ulong> rest)
    {
        var call = HostCall.Begin(caller, name);
        var errno = call.State.Streams.TryGet(descriptor, out _) ? ofStream : Errno.BadFileDescriptor;
        return call.End(errno, [(uint)descriptor, .. rest]);
    }
}
