using System.Diagnostics;

namespace Ailee.Vcp.Sandbox.Tests.Engine;

/// <summary>A process that has little memory to give while guests run: tests/Ailee.Vcp.StarvedHost.</summary>
internal static class StarvedHost
{
    /// <summary>Runs guests one after another in one process; fails unless the process ends well. A line for each guest.</summary>
    /// <param name="spare">MiB that the process may take beyond what it has at the start of the guests, or <c>plenty</c>.</param>
    /// <param name="guests">Module and export of each.</param>
    public static async Task<string[]> RunAsync(string spare, params (string Module, string Export)[] guests)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "RLIMIT_DATA bounds mapped memory on Linux only.");
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "Ailee.Vcp.StarvedHost.dll"));
        start.ArgumentList.Add(spare);
        foreach (var (module, export) in guests)
        {
            start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "Modules", module));
            start.ArgumentList.Add(export);
        }

        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();

        Assert.True(process.ExitCode == 0, $"The process ended with {process.ExitCode}:\n{output}{await errors}");
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries)[1..];
    }
}
