using System.Diagnostics;
using System.Text;
using Ailee.Vcp.Client;

namespace Ailee.Vcp.Server.Tests.Hosting;

/// <summary>The real server as a process of its own, for what only a process can show: its end.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private const string Listening = "Now listening on: ";

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly TaskCompletionSource<Uri> _url = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ServerProcess(ProcessStartInfo start)
    {
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Read(line.Data);
        _process.ErrorDataReceived += (_, line) => Read(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Starts the server with the small limits of <see cref="ServerSetup"/>; later options win over them.</summary>
    public static ServerProcess Start(ServerSetup setup, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetTempPath(),
        };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "Ailee.Vcp.Server.dll"));
        foreach (var argument in setup.Arguments(setup.Directory!))
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return new ServerProcess(start);
    }

    /// <summary>Waits until it listens; fails with what it printed if it ends instead.</summary>
    public async Task<Uri> ListeningAsync()
    {
        var end = _process.WaitForExitAsync();
        Assert.True(await Task.WhenAny(_url.Task, end) == _url.Task, $"The server ended with {(_process.HasExited ? _process.ExitCode : -1)}:\n{Text}");
        return await _url.Task;
    }

    public async Task<VcpClient> ConnectAsync() => new(VcpClient.CreateHttp(await ListeningAsync(), null));

    /// <summary>SIGKILL: no handler, no flush.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>SIGTERM, as service managers stop a server.</summary>
    public async Task<(int ExitCode, string Text)> TerminateAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", _process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
        return await EndAsync();
    }

    /// <summary>Waits until it has ended by itself.</summary>
    public async Task<(int ExitCode, string Text)> EndAsync()
    {
        await _process.WaitForExitAsync();
        return (_process.ExitCode, Text);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        _process.Dispose();
    }

    private string Text
    {
        get
        {
            lock (_output)
            {
                return _output.ToString();
            }
        }
    }

    private void Read(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_output)
        {
            _output.AppendLine(line);
        }

        if (line.IndexOf(Listening, StringComparison.Ordinal) is >= 0 and var at)
        {
            _url.TrySetResult(new Uri(line[(at + Listening.Length)..].Trim('"', ' ').Replace("0.0.0.0", "127.0.0.1", StringComparison.Ordinal)));
        }
    }
}
