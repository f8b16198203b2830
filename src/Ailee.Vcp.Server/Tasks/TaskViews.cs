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

    /// <summary>Reads what a view is made of. Nothing is decoded: the transaction is over before that.</summary>
    /// <param name="transaction">The transaction.</param>
    /// <param name="row">The task.</param>
    /// <param name="files">Most files to show.</param>
    public static StoredTask Read(IReadTransaction transaction, TaskRow row, int files)
    {
        var statement = row.Proof is null ? null : ProofStore.FindStatement(transaction, new Digest(row.Proof));
        var output = statement is null ? null : TaskOutputs.FindShown(transaction, row.Id);
        return new StoredTask(
            row,
            statement,
            output,
            output is null or { Files: 0 } || files == 0 ? [] : TaskFiles.List(transaction, row.Id, 0, files),
            TaskStore.Attempts(transaction, row.Id))
        {
            Votes = IsVote(row) ? ProofStore.OfTask(transaction, row.Id) : [],
            Audit = AuditStore.Find(transaction, row.Id),
        };
    }

    public static ComputeTask Create(StoredTask task)
    {
        var row = task.Row;
        var statement = task.Statement is null ? null : SignedStatement.TryDecode(task.Statement, out _);
        var votes = task.Votes.Select(vote => SignedStatement.TryDecode(vote, out _)!).OrderByDescending(vote => vote.PayloadDigest == statement?.PayloadDigest).ToList();
        return new ComputeTask
        {
            Id = row.Id.ToString(),
            State = row.State,
            Module = row.Module.ToString(),
            Entrypoint = row.Entrypoint,
            Bundle = row.Bundle?.ToString(),
            Hash = row.Hash.Name,
            SubmittedAt = row.SubmittedAt,
            CompletedAt = row.CompletedAt,
            Assurance = new AssuranceView(row.Assurance, row.Runs == 1 ? null : row.Runs) { Replicas = IsVote(row) ? row.Replicas : null, Quorum = IsVote(row) ? row.Quorum : null },
            Submitter = row.Submitter,
            Priority = row.Priority,
            Selection = row.Selection,
            MaxAttempts = row.MaxAttempts,
            Labels = row.Labels is null ? null : JsonSerializer.Deserialize(row.Labels, VcpJson.Default.IReadOnlyDictionaryStringString),
            Result = task.Output is null || statement is null ? null : Result(statement.Payload, task.Output, task.Files),
            Metrics = statement is null ? null : Metrics(statement.Payload, row),
            Proofs = IsVote(row) ? [.. votes.Select(Proof)] : statement is null ? [] : [Proof(statement)],
            Consensus = IsVote(row) ? new ConsensusView(row.Quorum, votes.Count(vote => vote.PayloadDigest == statement?.PayloadDigest), statement is null ? null : row.Decision?.ToString()) : null,
            Audit = task.Audit is { Statement: { } found } audit ? new AuditView(audit.State, found.ToString()) : null,
            Attempts = task.Attempts,
            Failure = row.FailureCode is null ? null : new TaskFailure(row.FailureCode, row.FailureMessage ?? string.Empty, Divergence(row.Divergence)) { Report = row.Decision?.ToString() },
        };
    }

    private static bool IsVote(TaskRow row) => TaskPolicies.IsVote(row.Assurance, row.Replicas);

    private static TaskProof Proof(SignedStatement statement) =>
        new(statement.Id.ToString(), statement.Header.KeyId.ToString(), statement.Payload.Hash.Text(statement.Payload.ExecutionHash));

    private static TaskDivergence? Divergence(string? json) => json is null ? null : JsonSerializer.Deserialize(json, VcpJson.Default.TaskDivergence);

    private static TaskResult Result(StatementPayload payload, ShownOutput shown, IReadOnlyList<TaskFile> files)
    {
        var (results, trap) = TaskResults.Of(shown);
        return new TaskResult(
            payload.Outcome.ToName(),
            payload.Outcome == Outcome.Completed ? payload.ExitCode : null,
            Stream(shown.Stdout),
            Stream(shown.Stderr),
            results,
            trap)
        {
            Files = files,
            FileCount = shown.Files,
            Expired = shown.IsExpired ? true : null,
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
}

/// <summary>All that a task's view is made of, as stored.</summary>
internal sealed record StoredTask(TaskRow Row, byte[]? Statement, ShownOutput? Output, IReadOnlyList<TaskFile> Files, IReadOnlyList<TaskAttempt> Attempts)
{
    /// <summary>The statements of all nodes, where nodes vote.</summary>
    public IReadOnlyList<byte[]> Votes { get; init; } = [];

    /// <summary>The audit of what one node decided; null if there was none.</summary>
    public (string State, Digest? Statement)? Audit { get; init; }
}
