using System.Text;
using System.Text.Json;
using Ailee.Vcp.Client;
using Ailee.Vcp.Client.Tasks;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Core.Statements;
using Ailee.Vcp.Server.Proofs;
using Ailee.Vcp.Server.Storage;

namespace Ailee.Vcp.Server.Tasks;

/// <summary>Stored tasks as the contract shows them.</summary>
internal static class TaskViews
{
    private const long PageBytes = 65536;

    public static ComputeTask Create(IReadTransaction transaction, TaskRow row)
    {
        var proof = row.Proof is null ? null : ProofStore.FindStatement(transaction, new Digest(row.Proof));
        var statement = proof is null ? null : SignedStatement.TryDecode(proof, out _);
        var output = statement is null ? null : TaskOutputs.FindShown(transaction, row.Id);
        return new ComputeTask
        {
            Id = row.Id.ToString(),
            State = row.State,
            Module = row.Module.ToString(),
            Entrypoint = row.Entrypoint,
            Bundle = row.Bundle?.ToString(),
            SubmittedAt = row.SubmittedAt,
            CompletedAt = row.CompletedAt,
            Assurance = new AssuranceView(row.Assurance, row.Runs == 1 ? null : row.Runs),
            Result = output is null ? null : Result(transaction, row.Id, statement!.Payload, output),
            Metrics = statement is null ? null : Metrics(statement.Payload, row),
            Proofs = statement is null ? [] : [new TaskProof(statement.Id.ToString(), statement.Header.KeyId.ToString(), statement.Payload.ExecutionHash.ToString())],
            Attempts = TaskStore.Attempts(transaction, row.Id),
            Failure = row.FailureCode is null ? null : new TaskFailure(row.FailureCode, row.FailureMessage ?? string.Empty, Divergence(row.Divergence)),
        };
    }

    private static TaskDivergence? Divergence(string? json) => json is null ? null : JsonSerializer.Deserialize(json, VcpJson.Default.TaskDivergence);

    private static TaskResult Result(IReadTransaction transaction, TaskId id, StatementPayload payload, ShownOutput shown)
    {
        var output = OutputRecord.TryDecode(shown.Record, out var fault) ?? throw new InvalidDataException($"A stored output does not decode: {fault!.Detail}");
        return new TaskResult(
            payload.Outcome.ToName(),
            payload.Outcome == Outcome.Completed ? payload.ExitCode : null,
            Stream(shown.Stdout),
            Stream(shown.Stderr),
            [.. output.Results.Select(Scalar)],
            output.Trap)
        {
            Files = TaskFiles.List(transaction, id, TaskFiles.Shown),
            FileCount = TaskFiles.Count(transaction, id),
        };
    }

    private static TaskMetrics Metrics(StatementPayload payload, TaskRow row) =>
        new(payload.Instructions, payload.Gas, payload.MemoryPages * PageBytes, (row.WallTimeMicroseconds ?? 0) / 1000.0, row.CacheHit);

    private static TaskOutput Stream(ShownStream stream)
    {
        var isText = stream.Bytes is not null && System.Text.Unicode.Utf8.IsValid(stream.Bytes);
        return new TaskOutput(
            isText ? Encoding.UTF8.GetString(stream.Bytes!) : null,
            stream.Bytes is not null && !isText ? Convert.ToBase64String(stream.Bytes) : null,
            stream.SizeBytes,
            stream.Digest.ToString());
    }

    private static ResultValue Scalar(ScalarValue value) => new(
        value.TypeName,
        JsonDocument.Parse(value.Type == ScalarType.I32 ? value.ToString() : $"\"{value}\"").RootElement);
}
