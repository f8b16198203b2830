using System.Diagnostics;

namespace Ailee.Vcp.Crash.Faults;

/// <summary>The library that makes storage fail, built by the C compiler that is there.</summary>
internal static class FaultShim
{
    /// <summary>Builds it.</summary>
    /// <param name="directory">Where it is put.</param>
    /// <returns>The library.</returns>
    public static async Task<string> BuildAsync(string directory)
    {
        var library = Path.Combine(directory, "libvcpfault.so");
        var start = new ProcessStartInfo("cc");
        Array.ForEach(
            ["-shared", "-fPIC", "-O2", "-Wall", "-Wextra", "-Werror", "-o", library, Path.Combine(AppContext.BaseDirectory, "Faults", "fault.c"), "-ldl", "-lpthread"],
            start.ArgumentList.Add);
        using var compiler = Process.Start(start)!;
        await compiler.WaitForExitAsync();
        return compiler.ExitCode == 0 ? library : throw new InvalidOperationException($"cc ended with {compiler.ExitCode}.");
    }
}
