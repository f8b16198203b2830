using System.Globalization;
using System.Security.Cryptography;
using Ailee.Vcp.Client;
using Ailee.Vcp.Client.Tasks;
using Ailee.Vcp.Core;

namespace Ailee.Vcp.ProductionDemo.Jobs;

/// <summary>A task that was submitted.</summary>
/// <param name="number">1 for the first.</param>
/// <param name="job">What it is.</param>
/// <param name="submitted">The server's answer.</param>
internal sealed class Watch(int number, Job job, ComputeTask submitted)
{
    private const int PreviewLength = 24;

    public int Number => number;

    public Job Job => job;

    public TaskId Id { get; } = TaskId.Parse(submitted.Id);

    /// <summary>The latest that the server said.</summary>
    public ComputeTask View { get; set; } = submitted;

    public bool IsDecided => TaskStates.IsFinal(View.State);

    /// <summary>Decided, and nobody works on it any more: who comes late is compared too.</summary>
    public bool IsSettled => IsDecided && View.Attempts.All(attempt => attempt.State != "running");

    /// <summary>Whether a node said what was decided; null if it said nothing, or nothing is decided.</summary>
    public bool? Agrees(string node) =>
        View.State == TaskStates.Completed && View.Proofs.FirstOrDefault(proof => proof.Node == node) is { } proof ? proof.ExecutionHash == View.Proofs[0].ExecutionHash : null;

    /// <summary>The result in a few words; empty before there is one.</summary>
    public string Preview()
    {
        if (View.Result is not { } result)
        {
            return string.Empty;
        }

        var line = result.Output.Text?.Split('\n', 2)[0].Trim();
        return result.Results is [var value, ..] ? value.Value.ToString()
            : line is null or { Length: 0 } ? $"{result.Output.SizeBytes.ToString("N0", CultureInfo.InvariantCulture)} bytes"
            : line.Length <= PreviewLength ? line : $"{line[..PreviewLength]}…";
    }

    /// <summary>What is wrong with the decision; null if it is what must come of the job. Bytes are fetched and hashed here.</summary>
    public async Task<string?> ProblemAsync(VcpClient client, CancellationToken cancellationToken)
    {
        if (View.Result is not { Outcome: "completed" } result)
        {
            return $"it is {View.State}{(View.Failure is { } failure ? $" ({failure.Code})" : string.Empty)}";
        }

        var run = job.Case;
        if (run.StdoutSha256 is { } wanted && Hash(await client.GetStdoutAsync(Id, cancellationToken)) != wanted)
        {
            return "stdout is wrong";
        }

        if (run.Results is { } results && !results.Select(each => (each.Type, each.Value.ToString())).SequenceEqual(result.Results.Select(each => (each.Type, each.Value.ToString()))))
        {
            return "the result is wrong";
        }

        foreach (var (path, digest) in run.Outputs ?? new Dictionary<string, string>())
        {
            if (Hash(await client.GetFileAsync(Id, path, cancellationToken)) != digest)
            {
                return $"{path} is wrong";
            }
        }

        return null;
    }

    private static string Hash(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
