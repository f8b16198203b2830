using System.Diagnostics;
using System.Globalization;
using System.Runtime.ExceptionServices;
using System.Text.Json;
using Ailee.Vcp.Crash.Faults;

namespace Ailee.Vcp.Crash;

/// <summary>
/// Has the storage of a server fail at every step of every state change, starts it again and checks what must hold (docs/operations/testing.md).
/// Ends with 1 if anything did not.
/// </summary>
internal static class Program
{
    private const long JournalBytes = 1L << 30;
    private const string ResultPrefix = "result ";

    public static async Task<int> Main(string[] args)
    {
        var options = CrashOptions.Parse(args);
        if (options.Worker is not null)
        {
            await WorkAsync(options);
            return 0;
        }

        var directory = Directory.CreateDirectory(Path.Combine(options.Directory, $"vcp-crash-{Environment.ProcessId}")).FullName;
        try
        {
            return await RunAsync(options, args, directory);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static async Task<int> RunAsync(CrashOptions options, string[] args, string directory)
    {
        var began = Stopwatch.GetTimestamp();
        var library = await FaultShim.BuildAsync(directory);
        var results = await Task.WhenAll(Enumerable.Range(0, options.Workers).Select(number => StartAsync(args, directory, library, number)));
        var counts = new CrashCounts();
        using (var processes = new ProcessRun(options, Directory.CreateDirectory(Path.Combine(directory, "processes")).FullName, library))
        {
            counts.Add(await processes.RunAsync());
        }

        foreach (var result in results)
        {
            counts.Add(result ?? new CrashCounts { Failures = 1 });
        }

        foreach (var line in counts.Lines())
        {
            Console.WriteLine(line);
        }

        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{counts.Crashes} crashes, {counts.Seconds} of them twice, seed {options.Seed}, {seconds:f0} s: {counts.Failures} failed"));
        return counts.Failures == 0 && counts.Crashes > 0 ? 0 : 1;
    }

    /// <summary>Runs a worker; null if it ended without a result.</summary>
    private static async Task<CrashCounts?> StartAsync(string[] args, string directory, string library, int number)
    {
        var place = Directory.CreateDirectory(Path.Combine(directory, $"worker-{number}")).FullName;
        var control = Path.Combine(place, "control");
        FaultControl.Create(control, JournalBytes);
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
        {
            start.ArgumentList.Add(typeof(Program).Assembly.Location);
        }

        Array.ForEach([.. args, "--worker", number.ToString(CultureInfo.InvariantCulture), "--directory", place], start.ArgumentList.Add);
        (start.Environment[FaultControl.Variable], start.Environment["LD_PRELOAD"]) = (control, library);
        using var process = Process.Start(start)!;
        CrashCounts? result = null;
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.StartsWith(ResultPrefix, StringComparison.Ordinal))
            {
                result = JsonSerializer.Deserialize<CrashCounts>(line[ResultPrefix.Length..]);
            }
            else
            {
                Console.WriteLine(line);
            }
        }

        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? result : null;
    }

    private static async Task WorkAsync(CrashOptions options)
    {
        using var control = new FaultControl(Environment.GetEnvironmentVariable(FaultControl.Variable)!);
        if (control.Process != Environment.ProcessId)
        {
            throw new InvalidOperationException("The shim is not loaded.");
        }

        // A server that is taken away while it starts may leave Kestrel's timer behind, which then ends the process.
        ExceptionHandling.SetUnhandledExceptionHandler(static exception => exception is ObjectDisposedException && exception.StackTrace?.Contains("Kestrel", StringComparison.Ordinal) == true);
        using var run = new CrashRun(options, control, options.Directory);
        Console.WriteLine(ResultPrefix + JsonSerializer.Serialize(await run.RunAsync()));
    }
}
