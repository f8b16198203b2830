using System.CommandLine;
using Ailee.Vcp.Client;
using Ailee.Vcp.Core;

namespace Ailee.Vcp.Cli.Export;

/// <summary><c>vcp export</c>: takes home all that a stranger needs to check a task.</summary>
internal static class ExportCommand
{
    public static Command Create(CliConsole console)
    {
        var id = new Argument<string>("id") { Description = "The id of a task, or of one of its proofs (sha256:…)." };
        var directory = new Option<string?>("--out") { Description = "The directory to make. Default: the task's id." };
        var json = new Option<bool>("--json") { Description = "Print one JSON object." };
        var command = new Command("export", "Write a task's proofs, with the log's receipts and what ties the keys together, into a directory that 'verify' takes.") { id, directory, json };
        var server = new ServerOptions(command);
        command.SetAction(async (result, cancellationToken) =>
        {
            using var http = server.Connect(result, console);
            var client = new VcpClient(http);
            var task = await FindTaskAsync(client, result.GetRequiredValue(id), cancellationToken);
            var path = result.GetValue(directory) ?? task.ToString();
            // Before the work, and again when it is done.
            ExportWriter.Refuse(path);
            var export = await TaskExport.FetchAsync(client, task, cancellationToken);
            ExportWriter.Write(path, export.Files);
            var report = new ExportReport(path, task.ToString(), [.. export.Files.Keys], export.LogOrigin, export.LogSize);
            Show(report, result.GetValue(json), console);
            return ExitCodes.Success;
        });
        return command;
    }

    private static async Task<TaskId> FindTaskAsync(VcpClient client, string id, CancellationToken cancellationToken)
    {
        if (TaskId.TryParse(id, out var task))
        {
            return task;
        }

        if (!Digest.TryParse(id, out var proof))
        {
            throw new CliException($"'{id}' is neither the id of a task nor that of a proof.");
        }

        var view = await client.GetProofAsync(proof, cancellationToken);
        return TaskId.TryParse(view.Task, out var proven) ? proven : throw new CliException($"The statement {id} is not about a task.");
    }

    private static void Show(ExportReport report, bool json, CliConsole console)
    {
        if (json)
        {
            console.Print(CliJson.Write(report));
            return;
        }

        console.Print($"{report.Files.Count} files in {report.Directory}, at {report.LogSize} entries of the log {report.LogOrigin}");
        console.Print($"Check them anywhere: vcp verify {report.Directory}");
    }
}

/// <summary>What <c>export --json</c> prints.</summary>
internal sealed record ExportReport(string Directory, string Task, IReadOnlyList<string> Files, string LogOrigin, long LogSize);
