using System.Diagnostics;
using System.Globalization;
using Ailee.Vcp.Client;

namespace Ailee.Vcp.Fuzz;

/// <summary>The real server as a process of its own, with small limits, in a directory of its own.</summary>
internal sealed class FuzzedServer : IAsyncDisposable
{
    private const string Listening = "Now listening on: ";

    private readonly Process _process;
    private readonly string _directory;

    private FuzzedServer(Process process, string directory, HttpClient http)
    {
        _process = process;
        _directory = directory;
        Http = http;
    }

    /// <summary>Instructions that a task may use.</summary>
    public const long Instructions = 1_000_000;

    /// <summary>Bytes of memory that a task may have.</summary>
    public const long MemoryBytes = 32 << 20;

    /// <summary>Bytes that a task may write to stdout or to stderr.</summary>
    public const long StreamBytes = 64 << 10;

    /// <summary>Wall time of a task.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromMilliseconds(200);

    public HttpClient Http { get; }

    public bool IsAlive => !_process.HasExited;

    public static async Task<FuzzedServer> StartAsync()
    {
        var directory = Directory.CreateTempSubdirectory("vcp-fuzz-").FullName;
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, WorkingDirectory = directory };
        string[] arguments =
        [
            Path.Combine(AppContext.BaseDirectory, "Ailee.Vcp.Server.dll"),
            "--urls=http://127.0.0.1:0",
            $"--Storage:DataDirectory={Path.Combine(directory, "data")}",
            "--Sandbox:Slots=2",
            $"--Sandbox:MemoryBytes={MemoryBytes}",
            $"--Sandbox:Instructions={Instructions}",
            $"--Sandbox:TimeoutMs={Timeout.TotalMilliseconds}",
            "--Sandbox:MaxConcurrentCompilations=2",
            $"--Sandbox:StdoutBytes={StreamBytes}",
            $"--Sandbox:StderrBytes={StreamBytes}",
            "--Sandbox:ScratchBytes=8388608",
        ];
        Array.ForEach(arguments, start.ArgumentList.Add);
        var process = Process.Start(start)!;
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.IndexOf(Listening, StringComparison.Ordinal) is >= 0 and var at)
            {
                // Whoever does not read a pipe stops the one that writes to it.
                _ = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null);
                return new FuzzedServer(process, directory, VcpClient.CreateHttp(new Uri(line[(at + Listening.Length)..].Trim('"', ' ')), null));
            }
        }

        throw new InvalidOperationException("The server did not start.");
    }

    /// <summary>What its processes have resident; null where the system does not tell.</summary>
    public MemoryInUse? Memory()
    {
        var threads = string.Create(CultureInfo.InvariantCulture, $"/proc/{_process.Id}/task");
        if (!Directory.Exists(threads))
        {
            return null;
        }

        _process.Refresh();
        // A child is listed with the thread that started it.
        var children = Directory.EnumerateDirectories(threads).SelectMany(Children).ToList();
        return new MemoryInUse(_process.WorkingSet64, children.ConvertAll(ResidentBytes));
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private static IEnumerable<int> Children(string thread)
    {
        try
        {
            return File.ReadAllText(Path.Combine(thread, "children")).Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(id => int.Parse(id, CultureInfo.InvariantCulture));
        }
        catch (IOException)
        {
            // The thread ended meanwhile.
            return [];
        }
    }

    private static long ResidentBytes(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            return process.WorkingSet64;
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException)
        {
            // It ended meanwhile.
            return 0;
        }
    }

    /// <param name="Server">Bytes of the server.</param>
    /// <param name="Compilers">Bytes of each process that it started.</param>
    internal sealed record MemoryInUse(long Server, IReadOnlyList<long> Compilers);
}
