using System.Runtime.InteropServices;

namespace Ailee.Vcp.Sandbox.Compilation;

/// <summary>What a process can do to itself so that it cannot harm others. Linux only; elsewhere the parent's watch is all there is.</summary>
internal static partial class ProcessLimits
{
    // <asm-generic/resource.h>
    private const int Data = 2;
    private const int CoreFile = 4;

    /// <exception cref="InvalidOperationException">The system refused.</exception>
    public static void Apply(long memoryBytes)
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        // Private writable memory, wherever it comes from. What a heap has only reserved is not writable and does not count, but what
        // was allocated and never touched does: an interpreter of 20 MB counts for 2.1 GiB and uses 1.4. The parent watches the use.
        Set(Data, 2 * memoryBytes);
        // A crash is an answer here, and a dump of it would fill the disk.
        Set(CoreFile, 0);
        GoFirst();
    }

    // Where memory runs out altogether, the kernel ends this process and not the service.
    private static void GoFirst()
    {
        try
        {
            File.WriteAllText("/proc/self/oom_score_adj", "1000");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // No /proc in some sandboxes; the limit above holds without it.
        }
    }

    private static void Set(int resource, long value)
    {
        var limit = new Limit { Current = (nuint)value, Maximum = (nuint)value };
        if (SetLimit(resource, in limit) != 0)
        {
            throw new InvalidOperationException($"setrlimit {resource} failed: {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }

    [LibraryImport("libc", EntryPoint = "setrlimit", SetLastError = true)]
    private static partial int SetLimit(int resource, in Limit limit);

    private struct Limit
    {
        public nuint Current;
        public nuint Maximum;
    }
}
