using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Ailee.Vcp.Node.Keys;

/// <summary>
/// Makes what was written durable, and says if that failed. On Unix .NET's own <c>Flush(flushToDisk: true)</c> does not: the runtime's <c>SystemNative_FSync</c>
/// gives back 1 where fsync(2) gave back -1, and only what is below 0 is taken for a failure (src/native/libs/System.Native/pal_io.c of dotnet/runtime; seen
/// with 10.0.12). So it is called here.
/// </summary>
public static partial class DiskSync
{
    private const int InvalidArgument = 22;
    private const int NotSupported = 95;

    /// <summary>Returns when what was written to a file would outlast a power cut.</summary>
    /// <exception cref="IOException">It would not. What was written may be lost, also if a later call succeeds.</exception>
    public static void Flush(FileStream file)
    {
        if (OperatingSystem.IsWindows())
        {
            FlushOnWindows(file);
            return;
        }

        file.Flush();
        if (Sync(file.SafeFileHandle) is var error and not 0)
        {
            throw Failure(file.Name, error);
        }
    }

    /// <summary>
    /// Returns when what was made, renamed or deleted in a directory would outlast a power cut: a file that is synced may still have no name after one,
    /// until its directory is synced too. On a file system that cannot sync directories, and on Windows, nothing is done.
    /// </summary>
    /// <exception cref="IOException">The directory cannot be synced.</exception>
    public static void FlushDirectory(string directory)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        // .NET opens no directories.
        var file = Open(directory, 0);
        if (file < 0)
        {
            throw Failure(directory, Marshal.GetLastPInvokeError());
        }

        using var handle = new SafeFileHandle(file, ownsHandle: true);
        if (Sync(handle) is var error and not (0 or InvalidArgument or NotSupported))
        {
            throw Failure(directory, error);
        }
    }

    private static IOException Failure(string path, int error) => new($"{path} cannot be synced: {Marshal.GetPInvokeErrorMessage(error)}.", error);

    /// <summary>0, or errno.</summary>
    private static int Sync(SafeFileHandle file) => FSync(file) == 0 ? 0 : Marshal.GetLastPInvokeError();

#pragma warning disable RS0030 // Windows says whether it did.
    private static void FlushOnWindows(FileStream file) => file.Flush(flushToDisk: true);
#pragma warning restore RS0030

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libSystem.Native", EntryPoint = "SystemNative_FSync", SetLastError = true)]
    private static partial int FSync(SafeFileHandle file);
}
