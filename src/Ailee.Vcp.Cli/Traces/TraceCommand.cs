using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Ailee.Vcp.Client;
using Ailee.Vcp.Client.Traces;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Traces;

namespace Ailee.Vcp.Cli.Traces;

/// <summary><c>vcp trace</c>: reads traces, and finds where two runs part.</summary>
internal static class TraceCommand
{
    private const string Names = "A trace file, a proof, or the id of a task on the server.";

    public static Command Create(CliConsole console) => new("trace", "Read what guests did at their boundary.") { Show(console), Diff(console) };

    private static Command Show(CliConsole console)
    {
        var trace = new Argument<string>("trace") { Description = Names };
        var json = new Option<bool>("--json") { Description = "Print a JSON object a line." };
        var command = new Command("show", "Print a trace, a line for each host call.") { trace, json };
        var hash = Hash(command);
        var server = new ServerOptions(command);
        command.SetAction((result, cancellationToken) => ConnectedAsync(server, result, console, async client =>
        {
            var source = await TraceSource.OpenAsync(result.GetRequiredValue(trace), HashOption.Parse(result.GetRequiredValue(hash)), client, cancellationToken);
            await PrintAsync(source, result.GetValue(json), console, cancellationToken);
            return ExitCodes.Success;
        }));
        return command;
    }

    private static Command Diff(CliConsole console)
    {
        var first = new Argument<string>("a") { Description = Names };
        var second = new Argument<string>("b") { Description = Names };
        var json = new Option<bool>("--json") { Description = "Print one JSON object." };
        var command = new Command("diff", "Show the first thing that two runs did differently. Exits with 0 if there is none, 1 if there is.") { first, second, json };
        var hash = Hash(command);
        var server = new ServerOptions(command);
        command.SetAction((result, cancellationToken) => ConnectedAsync(server, result, console, async client =>
        {
            var ofFiles = HashOption.Parse(result.GetRequiredValue(hash));
            var ours = await TraceSource.OpenAsync(result.GetRequiredValue(first), ofFiles, client, cancellationToken);
            var theirs = await TraceSource.OpenAsync(result.GetRequiredValue(second), ofFiles, client, cancellationToken);
            if (ours.Trace.Hash != theirs.Trace.Hash)
            {
                throw new CliException($"{ours.Name} is under {ours.Trace.Hash}, {theirs.Name} under {theirs.Trace.Hash}: every digest in them differs. --hash says the hash of files.");
            }

            var report = TraceDiffReport.Create(ours.Trace.Hash, await CompareAsync(ours, theirs, cancellationToken), ours.Trace.LeafHashes[0] == theirs.Trace.LeafHashes[0]);
            if (result.GetValue(json))
            {
                console.Print(CliJson.Write(report));
            }
            else
            {
                Print(report, ours, theirs, console);
            }

            return report.Same ? ExitCodes.Success : ExitCodes.Invalid;
        }));
        return command;
    }

    private static Option<string> Hash(Command command)
    {
        var hash = HashOption.Create("The hash of a trace file; proofs and tasks say it themselves:");
        command.Options.Add(hash);
        return hash;
    }

    private static async Task<int> ConnectedAsync(ServerOptions server, ParseResult result, CliConsole console, Func<Func<VcpClient>, Task<int>> run)
    {
        HttpClient? http = null;
        try
        {
            return await run(() => new VcpClient(http ??= server.Connect(result, console)));
        }
        finally
        {
            http?.Dispose();
        }
    }

    private static async Task<TraceDifference?> CompareAsync(TraceSource first, TraceSource second, CancellationToken cancellationToken)
    {
        if (TraceComparison.FirstDifferingLeaf(first.Trace.LeafHashes, second.Trace.LeafHashes) is not { } leaf)
        {
            return null;
        }

        // Whoever can make leaves that are not at hand does it for these only.
        await first.EnsureAsync(leaf, cancellationToken);
        await second.EnsureAsync(leaf, cancellationToken);
        return TraceComparison.FirstDifference(first.Trace, second.Trace);
    }

    private static void Print(TraceDiffReport report, TraceSource first, TraceSource second, CliConsole console)
    {
        if (report.Same)
        {
            console.Print($"The traces are equal: {first.Trace.LeafHashes.Count} leaves, root {first.Trace.Hash.Text(first.Trace.Root())}");
            return;
        }

        if (!report.SameStart && report.Leaf > 0)
        {
            console.Print("The runs began differently: they are of different modules, entrypoints, inputs or profiles.");
        }

        var place = report.Record is { } record ? string.Create(CultureInfo.InvariantCulture, $"host call {record} (leaf {report.Leaf})") : $"leaf {report.Leaf}";
        console.Print(report.Field == TraceFields.Leaf
            ? $"The runs part in {place}, which is not at hand on both sides."
            : $"The runs part at {place}, in: {report.Field}");
        console.Print($"- {first.Name}: {TraceText.Of(report.First)}");
        console.Print($"+ {second.Name}: {TraceText.Of(report.Second)}");
    }

    private static async Task PrintAsync(TraceSource source, bool json, CliConsole console, CancellationToken cancellationToken)
    {
        // A line at a time would be a system call a line.
        await using var lines = new StreamWriter(console.Stdout, new UTF8Encoding(false), 65536, leaveOpen: true);
        for (var leaf = 0; leaf < source.Trace.LeafHashes.Count; leaf++)
        {
            if (await source.ReadAsync(leaf, cancellationToken) is not { } bytes)
            {
                throw new CliException($"Leaf {leaf} and what follows is not in the file; of leaves beyond 16 MiB it has the hashes.");
            }

            var items = TraceLeaf.TryDecode(bytes, out var fault) ?? throw new CliException($"Leaf {leaf} cannot be read: {fault!.Detail}");
            foreach (var entry in items.Select((item, offset) => TraceEntry.Of(source.Trace.Hash, leaf, offset, item)))
            {
                await lines.WriteAsync($"{(json ? JsonSerializer.Serialize(entry, VcpJson.Default.TraceEntry) : Line(entry))}\n");
            }
        }
    }

    private static string Line(TraceEntry entry) =>
        entry.Call is { } call ? string.Create(CultureInfo.InvariantCulture, $"{call.Record,8}  {TraceText.Of(entry)}") : TraceText.Of(entry);
}

/// <summary>What <c>trace diff --json</c> prints.</summary>
internal sealed record TraceDiffReport(bool Same, bool SameStart, int? Leaf, long? Record, string? Field, TraceEntry? First, TraceEntry? Second)
{
    public static TraceDiffReport Create(ContentHash hash, TraceDifference? difference, bool sameStart) => difference is null
        ? new TraceDiffReport(true, true, null, null, null, null, null)
        : new TraceDiffReport(false, sameStart, difference.Leaf, difference.Record, difference.Field, Entry(hash, difference, difference.First), Entry(hash, difference, difference.Second));

    private static TraceEntry? Entry(ContentHash hash, TraceDifference difference, TraceItem? item) =>
        item is null ? null : TraceEntry.Of(hash, difference.Leaf, (int)((difference.Record ?? 0) % TraceLeaf.RecordsPerBlock), item);
}
