using System.Diagnostics;

namespace Ailee.Vcp.ProductionDemo.Fleets;

/// <summary>A process that the demo started. What it prints goes to a file.</summary>
internal sealed class RunningProgram : IDisposable
{
    private const int TailLines = 8;
    private static readonly TimeSpan Dying = TimeSpan.FromSeconds(10);

    private readonly Queue<string> _tail = new();
    private readonly StreamWriter _log;
    private readonly Process _process;
    private readonly Action<string>? _seen;

    private RunningProgram(Process process, StreamWriter log, Action<string>? seen) => (_process, _log, _seen) = (process, log, seen);

    public int Id => _process.Id;

    public bool HasEnded => _process.HasExited;

    public int ExitCode => _process.ExitCode;

    /// <summary>The last lines that it printed.</summary>
    public string Tail
    {
        get
        {
            lock (_tail)
            {
                return string.Join('\n', _tail);
            }
        }
    }

    /// <param name="dll">The .NET program.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="logPath">Where its output goes; appended.</param>
    /// <param name="variables">Environment variables beside those of this process.</param>
    /// <param name="seen">Told of each line.</param>
    public static RunningProgram Start(string dll, IEnumerable<string> arguments, string logPath, IReadOnlyDictionary<string, string>? variables = null, Action<string>? seen = null)
    {
        var start = new ProcessStartInfo(Locations.Dotnet, [dll, .. arguments])
        {
            WorkingDirectory = Path.GetDirectoryName(logPath)!,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in variables ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        var program = new RunningProgram(new Process { StartInfo = start }, new StreamWriter(logPath, append: true) { AutoFlush = true }, seen);
        program._process.OutputDataReceived += (_, line) => program.Take(line.Data);
        program._process.ErrorDataReceived += (_, line) => program.Take(line.Data);
        program._process.Start();
        program._process.StandardInput.Close();
        program._process.BeginOutputReadLine();
        program._process.BeginErrorReadLine();
        return program;
    }

    public Task WaitAsync(CancellationToken cancellationToken) => _process.WaitForExitAsync(cancellationToken);

    /// <summary>SIGKILL: it gets no chance to say goodbye. So do the processes that it started. Safe to repeat.</summary>
    public void Kill()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit(Dying);
        }
    }

    public void Dispose()
    {
        Kill();
        _process.Dispose();
        lock (_tail)
        {
            _log.Dispose();
        }
    }

    private void Take(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_tail)
        {
            // A process of the process may go on for a moment.
            if (_log.BaseStream is not null)
            {
                _log.WriteLine(line);
            }

            _tail.Enqueue(line);
            if (_tail.Count > TailLines)
            {
                _tail.Dequeue();
            }
        }

        _seen?.Invoke(line);
    }
}
