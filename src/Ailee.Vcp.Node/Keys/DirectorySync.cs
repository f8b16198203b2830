using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Ailee.Vcp.Node.Keys;

/// <summary>Makes names durable: a file that is synced may still have no name after a power cut, until its directory is synced too (fsync(2)).</summary>
public static partial class DirectorySync
{
    /// <summary>Returns when what was made, renamed or deleted in a directory would outlast a power cut. Windows does not know this, and there nothing is done.</summary>
    /// <exception cref="IOException">The directory cannot be synced.</exception>
    public static void Flush(string directory)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        // .NET opens no directories, but syncs what is open.
        var file = Open(directory, 0);
        if (file < 0)
        {
            throw new IOException($"The directory {directory} cannot be synced: {Marshal.GetLastPInvokeErrorMessage()}.", Marshal.GetLastPInvokeError());
        }

        using var handle = new SafeFileHandle(file, ownsHandle: true);
        RandomAccess.FlushToDisk(handle);
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);
}
