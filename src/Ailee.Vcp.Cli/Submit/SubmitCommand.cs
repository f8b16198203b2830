using System.CommandLine;
using System.Net;
using System.Text.Json;
using Ailee.Vcp.Cli.Files;
using Ailee.Vcp.Client;
using Ailee.Vcp.Client.Tasks;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Bundles;
using Ailee.Vcp.Core.Execution;

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
        var directory = new Option<string?>("--dir") { Description = "A directory that the guest finds as its root: packed, uploaded if the server does not have it, and saved beside the proof." };
        var assurance = new Option<string?>("--assurance") { Description = "How sure the answer must be: single, repeat, quorum or adaptive. Default: single." };
        assurance.AcceptOnlyFromAmong(AssuranceModes.SingleRun, AssuranceModes.RepeatedRuns, AssuranceModes.Quorum, AssuranceModes.Adaptive);
        command.Options.Add(proof);
        command.Options.Add(directory);
        command.Options.Add(assurance);
        command.SetAction(async (result, cancellationToken) =>
        {
            using var http = server.Connect(result, console);
            var request = guest.ToRequest(result, console) with { Assurance = result.GetValue(assurance) is { } mode ? new TaskAssurance { Mode = mode } : null };
            return await SubmitAsync(new VcpClient(http), guest, request, result, result.GetValue(directory), result.GetValue(proof), console, cancellationToken);
        });
        return command;
    }

    private static async Task<int> SubmitAsync(
        VcpClient client,
        GuestOptions guest,
        TaskRequest request,
        ParseResult parsed,
        string? directory,
        string? proofPath,
        CliConsole console,
        CancellationToken cancellationToken)
    {
        var bundle = directory is null ? null : DirectoryPacker.Pack(directory);
        var task = await Progress.ShowAsync(console, async status =>
        {
            status("Uploading");
            var (bytes, mediaType) = await guest.ReadModuleAsync(parsed, cancellationToken);
            var module = await client.UploadModuleAsync(bytes, mediaType, cancellationToken);
            await EnsureAsync(client, bundle, cancellationToken);
            var reads = request.Entrypoint is null && module.Imports.Any(import => import.Name == "fd_read");
            var stdin = await guest.ReadStdinAsync(parsed, console, reads, cancellationToken);
            // An input that was named is one even if it is empty: with it, a function takes bytes.
            var input = stdin.Length == 0 && guest.InputPath(parsed) is null ? null : new TaskInput { Base64 = Convert.ToBase64String(stdin) };
            var complete = request with { Module = module.Digest, Bundle = bundle?.Digest.ToString(), Input = input };
            // A key of our own, so that a repeated request after a lost answer is the same task.
            var submitted = await client.SubmitTaskAsync(complete, null, Guid.NewGuid().ToString("N"), cancellationToken);
            return await WaitAsync(client, submitted, status, cancellationToken);
        });
        var files = task.Proofs.Count == 0 ? default : await SaveAsync(client, task, bundle, proofPath, cancellationToken);
        if (files.Output is not null && guest.OutputDirectory(parsed) is { } output)
        {
            await WriteFilesAsync(client, task, files.Output, output, cancellationToken);
        }

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

    private static async Task EnsureAsync(VcpClient client, Bundle? bundle, CancellationToken cancellationToken)
    {
        if (bundle is null)
        {
            return;
        }

        try
        {
            await client.GetBundleAsync(bundle.Digest, 1, null, cancellationToken);
        }
        catch (VcpApiException exception) when (exception.Status == HttpStatusCode.NotFound)
        {
            using var tar = new MemoryStream(BundleTarWriter.Write(bundle));
            await client.UploadBundleAsync(tar, cancellationToken);
        }
    }

    // Names and contents are those of the saved record, which the proof names: what a server says beside it is not believed.
    private static async Task WriteFilesAsync(VcpClient client, ComputeTask task, string recordPath, OutputDirectory directory, CancellationToken cancellationToken)
    {
        var record = OutputRecord.TryDecode(await File.ReadAllBytesAsync(recordPath, cancellationToken), out var fault)
            ?? throw new CliException($"The server's output record does not decode: {fault!.Detail}");
        var (id, hash) = (TaskId.Parse(task.Id), HashOption.Parse(task.Hash));
        foreach (var file in record.Files)
        {
            directory.Write(file, await client.GetFileAsync(id, file.Path, cancellationToken), hash);
        }
    }

    private static async Task<(string? Proof, string? Invocation, string? Output, string? Bundle)> SaveAsync(VcpClient client, ComputeTask task, Bundle? bundle, string? proofPath, CancellationToken cancellationToken)
    {
        var id = TaskId.Parse(task.Id);
        var proof = proofPath ?? $"{task.Id}.cose";
        var stem = Path.Combine(Path.GetDirectoryName(proof) ?? string.Empty, Path.GetFileNameWithoutExtension(proof));
        var (invocation, output) = ($"{stem}.invocation.cbor", $"{stem}.output.cbor");
        await File.WriteAllBytesAsync(invocation, await client.GetInvocationAsync(id, cancellationToken), cancellationToken);
        await File.WriteAllBytesAsync(output, await client.GetOutputRecordAsync(id, cancellationToken), cancellationToken);
        var tar = bundle is null ? null : $"{stem}.bundle.tar";
        if (tar is not null)
        {
            await File.WriteAllBytesAsync(tar, BundleTarWriter.Write(bundle!), cancellationToken);
        }

        await File.WriteAllBytesAsync(proof, await client.GetTransparentStatementAsync(Digest.Parse(task.Proofs[0].Id), Poll, cancellationToken), cancellationToken);
        return (proof, invocation, output, tar);
    }

    private static string Agreed(ComputeTask task) => task.Consensus is { } consensus ? $", agreed by {consensus.Agreed} owners" : string.Empty;

    private static async Task<int> ShowAsync(
        VcpClient client,
        ComputeTask task,
        (string? Proof, string? Invocation, string? Output, string? Bundle) files,
        bool json,
        CliConsole console,
        CancellationToken cancellationToken)
    {
        if (json)
        {
            console.Print(CliJson.Write(new SubmitReport(task, files.Proof, files.Invocation, files.Output, files.Bundle)));
        }
        else if (task.Result is { } result)
        {
            console.Stdout.Write(await client.GetStdoutAsync(TaskId.Parse(task.Id), cancellationToken));
            console.Stderr.Write(result.Stderr.Text is { } text ? System.Text.Encoding.UTF8.GetBytes(text) : Convert.FromBase64String(result.Stderr.Base64 ?? string.Empty));
            foreach (var value in result.Results)
            {
                console.Print(value.Value.ToString());
            }

            var metrics = task.Metrics ?? throw new JsonException("The task has a result and no metrics.");
            console.Tell($"{result.Outcome}{(result.Trap is null ? string.Empty : $": {result.Trap}")}, {metrics.Instructions} instructions, {metrics.Gas} gas{Agreed(task)}; proof in {files.Proof}");
        }
        else
        {
            console.Tell(task.Failure is { } failure ? $"The task failed: {failure.Message} ({failure.Code})" : $"The task is {task.State}.");
        }

        return task.Result is null ? ExitCodes.Inconclusive : ExitCodes.Of(task.Result.Outcome, task.Result.ExitCode);
    }
}
