using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Ailee.Vcp.Benchmarks.Nodes;

/// <summary>The load tool as a process of its own.</summary>
internal sealed class NodesProcess : IAsyncDisposable
{
    private readonly Process _process;

    private NodesProcess(Process process, TimeSpan joined, IReadOnlyList<string> ids) => (_process, Joined, Ids) = (process, joined, ids);

    /// <summary>How long joining took.</summary>
    public TimeSpan Joined { get; }

    /// <summary>The nodes' ids, those that misbehave first.</summary>
    public IReadOnlyList<string> Ids { get; }

    /// <summary>Starts <c>nodes</c> and waits until all work.</summary>
    public static async Task<NodesProcess> StartAsync(Uri server, int count, params string[] options)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true };
        string[] arguments = [typeof(NodesProcess).Assembly.Location, "nodes", "--server", server.ToString(), "--count", count.ToString(CultureInfo.InvariantCulture), "--json", .. options];
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        var process = Process.Start(start)!;
        JsonElement? nodes = null;
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.StartsWith("READY ", StringComparison.Ordinal) && nodes is { } told)
            {
                return new NodesProcess(
                    process,
                    TimeSpan.FromSeconds(told.GetProperty("joinSeconds").GetDouble()),
                    [.. told.GetProperty("nodes").EnumerateArray().Select(node => node.GetProperty("id").GetString()!)]);
            }

            nodes = JsonElement.Parse(line);
        }

        await process.WaitForExitAsync();
        throw new InvalidOperationException($"The nodes ended with {process.ExitCode}.");
    }

    /// <summary>Ends it; gives its last line, the totals.</summary>
    public async Task<JsonElement> EndAsync()
    {
        using (var kill = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]))
        {
            await kill.WaitForExitAsync();
        }

        string? last = null;
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            last = line;
        }

        await _process.WaitForExitAsync();
        return JsonElement.Parse(last ?? throw new InvalidOperationException($"The nodes ended with {_process.ExitCode} and said nothing."));
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }
}
