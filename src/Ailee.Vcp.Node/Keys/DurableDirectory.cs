using System.Runtime.InteropServices;

namespace Ailee.Vcp.Node.Keys;

/// <summary>Makes what happened to the names in a directory durable: a file that was flushed may still be nameless after a power cut.</summary>
public static partial class DurableDirectory
{
    private const int ReadOnly = 0;

    // File systems that keep no order of their own answer it.
    private const int InvalidArgument = 22;

    /// <summary>Flushes a directory's names to disk. Does nothing on Windows, which has no such call.</summary>
    /// <exception cref="IOException">It could not be done.</exception>
    public static void Flush(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var descriptor = Open(path, ReadOnly);
        if (descriptor < 0)
        {
            throw new IOException($"{path} cannot be opened: error {Marshal.GetLastPInvokeError()}.");
        }

        try
        {
            if (Flush(descriptor) != 0 && Marshal.GetLastPInvokeError() is not InvalidArgument and var error)
            {
                throw new IOException($"{path} cannot be flushed: error {error}.");
            }
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Flush(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
