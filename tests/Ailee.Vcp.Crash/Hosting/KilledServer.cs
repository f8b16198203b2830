using System.Diagnostics;
using Ailee.Vcp.Client;
using Ailee.Vcp.Crash.Faults;

namespace Ailee.Vcp.Crash.Hosting;

/// <summary>The server as a process of its own, which the shim kills.</summary>
internal sealed class KilledServer : IDisposable
{
    private const string Listening = "Now listening on: ";

    private readonly Process _process;

    private KilledServer(Process process) => _process = process;

    /// <summary>Connections to it; null if it ended before it listened.</summary>
    public HttpClient? Http { get; private set; }

    /// <summary>Starts it and waits until it listens or is dead.</summary>
    /// <param name="root">Directory of all that it has.</param>
    /// <param name="control">File that is shared with the shim.</param>
    /// <param name="library">The shim.</param>
    public static async Task<KilledServer> StartAsync(string root, string control, string library)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, WorkingDirectory = root };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "Ailee.Vcp.Server.dll"));
        Array.ForEach(ServerArguments.Of(root), start.ArgumentList.Add);
        (start.Environment[FaultControl.Variable], start.Environment["LD_PRELOAD"]) = (control, library);
        var server = new KilledServer(Process.Start(start)!);
        while (await server._process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.IndexOf(Listening, StringComparison.Ordinal) is >= 0 and var at)
            {
                // Whoever does not read a pipe stops the one that writes to it.
                _ = server._process.StandardOutput.BaseStream.CopyToAsync(Stream.Null);
                await server.ConnectAsync(new Uri(line[(at + Listening.Length)..].Trim('"', ' ').Replace("0.0.0.0", "127.0.0.1", StringComparison.Ordinal)), ServerArguments.KeyFileOf(root));
                break;
            }
        }

        return server;
    }

    // It listens before it has made its first key.
    private async Task ConnectAsync(Uri url, string keyFile)
    {
        while (!_process.HasExited)
        {
            if (File.Exists(keyFile) && VcpClient.CreateHttp(url, (await File.ReadAllTextAsync(keyFile)).Trim()) is var http)
            {
                using var answer = await TryAsync(http);
                if (answer is { IsSuccessStatusCode: true })
                {
                    Http = http;
                    return;
                }

                http.Dispose();
            }

            await Task.Delay(10);
        }
    }

    private static async Task<HttpResponseMessage?> TryAsync(HttpClient http)
    {
        try
        {
            return await http.GetAsync("api/v1/tasks?limit=1");
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    /// <summary>Kills it, if it lives.</summary>
    /// <returns>How it ended: 137 is a kill.</returns>
    public async Task<int> KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        return _process.ExitCode;
    }

    public void Dispose()
    {
        Http?.Dispose();
        _process.Dispose();
    }
}
