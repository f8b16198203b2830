using System.Diagnostics;
using System.Globalization;
using Ailee.Vcp.Client;

namespace Ailee.Vcp.Benchmarks.Nodes;

/// <summary>The real server as a process of its own, whose processor time is therefore its own.</summary>
internal sealed class ServerUnderTest : IAsyncDisposable
{
    private const string Listening = "Now listening on: ";

    private readonly DirectoryInfo? _data;
    private readonly Process _process;
    private readonly HttpClient _http;

    private ServerUnderTest(DirectoryInfo? data, Process process, Uri address)
    {
        (_data, _process, Address) = (data, process, address);
        _http = VcpClient.CreateHttp(address, null);
        Client = new VcpClient(_http);
    }

    /// <summary>Where it listens.</summary>
    public Uri Address { get; }

    /// <summary>A client of its.</summary>
    public VcpClient Client { get; }

    /// <summary>What its process took until now, in user and in system mode.</summary>
    public TimeSpan ProcessorTime => _process.TotalProcessorTime;

    /// <summary>What of its memory is resident.</summary>
    public long ResidentBytes
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    /// <summary>Starts it on an empty directory with the given options after those that it needs here, and waits until it listens.</summary>
    public static Task<ServerUnderTest> StartAsync(params string[] options) => StartAsync(Directory.CreateTempSubdirectory("vcp-bench-"), true, options);

    /// <summary>Starts it on a directory that stays.</summary>
    public static Task<ServerUnderTest> StartAsync(DirectoryInfo data) => StartAsync(data, false, []);

    private static async Task<ServerUnderTest> StartAsync(DirectoryInfo data, bool isOwn, string[] options)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, WorkingDirectory = data.FullName };
        string[] arguments =
        [
            Path.Combine(AppContext.BaseDirectory, "Ailee.Vcp.Server.dll"),
            "--urls", "http://127.0.0.1:0",
            "--Storage:DataDirectory", data.FullName,
            // It proves at its start that it can have this for each slot.
            "--Sandbox:MemoryBytes", "16777216",
            .. options,
        ];
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        var process = Process.Start(start)!;
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.IndexOf(Listening, StringComparison.Ordinal) is >= 0 and var at)
            {
                // What it goes on to say must not fill the pipe.
                _ = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null);
                return new ServerUnderTest(isOwn ? data : null, process, new Uri(line[(at + Listening.Length)..].Trim('"', ' ')));
            }
        }

        await process.WaitForExitAsync();
        if (isOwn)
        {
            data.Delete(recursive: true);
        }

        throw new InvalidOperationException($"The server ended with {process.ExitCode}.");
    }

    /// <summary>A counter or gauge without labels, as it tells it.</summary>
    public async Task<double> MetricAsync(string name)
    {
        var text = await _http.GetStringAsync(new Uri("metrics", UriKind.Relative));
        var line = text.Split('\n').FirstOrDefault(line => line.StartsWith(name + " ", StringComparison.Ordinal)) ?? throw new InvalidOperationException($"There is no metric {name}.");
        return double.Parse(line[(name.Length + 1)..], CultureInfo.InvariantCulture);
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _http.Dispose();
        _data?.Delete(recursive: true);
    }
}
