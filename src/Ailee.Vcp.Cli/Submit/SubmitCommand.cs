using System.CommandLine;
using Ailee.Vcp.Client;
using Ailee.Vcp.Client.Tasks;
using Ailee.Vcp.Core;

namespace Ailee.Vcp.Cli.Submit;

/// <summary><c>vcp submit</c>: uploads a module, has a server run it, and brings home its output and the proof.</summary>
internal static class SubmitCommand
{
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(30);

    public static Command Create(CliConsole console, string[] guestArguments)
    {
        var command = new Command("submit", "Have a server run a module; stdout comes to stdout, the proof into a file.");
        var guest = new GuestOptions(command, guestArguments);
        var server = new ServerOptions(command);
        var proof = new Option<string?>("--proof") { Description = "Where the proof goes; the invocation and the output record go beside it. Default: <task id>.cose." };
        command.Options.Add(proof);
        command.SetAction(async (result, cancellationToken) =>
        {
            using var http = server.Connect(result, console);
            return await SubmitAsync(new VcpClient(http), guest, result, result.GetValue(proof), console, cancellationToken);
        });
        return command;
    }

    private static async Task<int> SubmitAsync(VcpClient client, GuestOptions guest, ParseResult parsed, string? proofPath, CliConsole console, CancellationToken cancellationToken)
    {
        var request = guest.ToRequest(parsed, console);
        var task = await Progress.ShowAsync(console, async status =>
        {
            status("Uploading");
            var (bytes, mediaType) = await guest.ReadModuleAsync(parsed, cancellationToken);
            var module = await client.UploadModuleAsync(bytes, mediaType, cancellationToken);
            var reads = request.Entrypoint is null && module.Imports.Any(import => import.Name == "fd_read");
            var stdin = await guest.ReadStdinAsync(parsed, console, reads, cancellationToken);
            var complete = request with { Module = module.Digest, Input = stdin.Length == 0 ? null : new TaskInput { Base64 = Convert.ToBase64String(stdin) } };
            // A key of our own, so that a repeated request after a lost answer is the same task.
            var submitted = await client.SubmitTaskAsync(complete, null, Guid.NewGuid().ToString("N"), cancellationToken);
            return await WaitAsync(client, submitted, status, cancellationToken);
        });
        var files = task.Proofs.Count == 0 ? default : await SaveAsync(client, task, proofPath, cancellationToken);
        return await ShowAsync(client, task, files, parsed.GetValue(guest.Json), console, cancellationToken);
    }

    private static async Task<ComputeTask> WaitAsync(VcpClient client, ComputeTask task, Action<string> status, CancellationToken cancellationToken)
    {
        var id = TaskId.Parse(task.Id);
        while (!TaskStates.IsFinal(task.State))
        {
            status($"Task {task.Id} is {task.State}");
            task = await client.GetTaskAsync(id, Poll, cancellationToken);
        }

        return task;
    }

    private static async Task<(string? Proof, string? Invocation, string? Output)> SaveAsync(VcpClient client, ComputeTask task, string? proofPath, CancellationToken cancellationToken)
    {
        var id = TaskId.Parse(task.Id);
        var proof = proofPath ?? $"{task.Id}.cose";
        var stem = Path.Combine(Path.GetDirectoryName(proof) ?? string.Empty, Path.GetFileNameWithoutExtension(proof));
        var (invocation, output) = ($"{stem}.invocation.cbor", $"{stem}.output.cbor");
        await File.WriteAllBytesAsync(invocation, await client.GetInvocationAsync(id, cancellationToken), cancellationToken);
        await File.WriteAllBytesAsync(output, await client.GetOutputRecordAsync(id, cancellationToken), cancellationToken);
        await File.WriteAllBytesAsync(proof, await client.GetStatementAsync(Digest.Parse(task.Proofs[0].Id), cancellationToken), cancellationToken);
        return (proof, invocation, output);
    }

    private static async Task<int> ShowAsync(
        VcpClient client,
        ComputeTask task,
        (string? Proof, string? Invocation, string? Output) files,
        bool json,
        CliConsole console,
        CancellationToken cancellationToken)
    {
        if (json)
        {
            console.Print(CliJson.Write(new SubmitReport(task, files.Proof, files.Invocation, files.Output)));
        }
        else if (task.Result is { } result)
        {
            console.Stdout.Write(await client.GetStdoutAsync(TaskId.Parse(task.Id), cancellationToken));
            console.Stderr.Write(result.Stderr.Text is { } text ? System.Text.Encoding.UTF8.GetBytes(text) : Convert.FromBase64String(result.Stderr.Base64 ?? string.Empty));
            foreach (var value in result.Results)
            {
                console.Print(value.Value.ToString());
            }

            console.Tell($"{result.Outcome}{(result.Trap is null ? string.Empty : $": {result.Trap}")}, {task.Metrics!.Instructions} instructions, {task.Metrics.Gas} gas; proof in {files.Proof}");
        }
        else
        {
            console.Tell(task.Failure is { } failure ? $"The task failed: {failure.Message} ({failure.Code})" : $"The task is {task.State}.");
        }

        return task.Result is null ? ExitCodes.Inconclusive : ExitCodes.Of(task.Result.Outcome, task.Result.ExitCode);
    }
}
