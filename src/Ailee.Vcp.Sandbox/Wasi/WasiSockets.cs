using Ailee.Vcp.Sandbox.Execution;
using Ailee.Vcp.Sandbox.Files;
using Wasmtime;

namespace Ailee.Vcp.Sandbox.Wasi;

/// <summary>The calls about sockets. There is no network, so no descriptor is one.</summary>
internal static class WasiSockets
{
    public static void Register(WasiFunctions wasi)
    {
        wasi.Define<int, int, int>("sock_accept", (caller, fd, flags, result) =>
            Answer(caller, "sock_accept", fd, (uint)flags, (uint)result));
        wasi.Define<int, int, int, int, int, int>("sock_recv", (caller, fd, vectors, count, flags, read, outFlags) =>
            Answer(caller, "sock_recv", fd, (uint)vectors, (uint)count, (uint)flags, (uint)read, (uint)outFlags));
        wasi.Define<int, int, int, int, int>("sock_send", (caller, fd, vectors, count, flags, written) =>
            Answer(caller, "sock_send", fd, (uint)vectors, (uint)count, (uint)flags, (uint)written));
        wasi.Define<int, int>("sock_shutdown", (caller, fd, how) =>
            Answer(caller, "sock_shutdown", fd, (uint)how));
    }

    private static int Answer(Caller caller, string name, int fd, params ReadOnlySpan<ulong> rest)
    {
        var call = HostCall.Begin(caller, name);
        // A directory is not even something to read or write.
        var errno = call.State.Descriptors.Find(fd) is StreamDescriptor or FileDescriptor ? Errno.NotSocket : Errno.BadDescriptor;
        return call.End(errno, [(uint)fd, .. rest]);
    }
}
