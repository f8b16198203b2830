using System.Text.Json;
using System.Text.Json.Serialization;

namespace Ailee.Vcp.Client.Tasks;

/// <summary>A task as the server tells it.</summary>
public sealed record ComputeTask
{
    /// <summary>UUID version 7.</summary>
    public required string Id { get; init; }

    /// <summary>One of <see cref="TaskStates"/>.</summary>
    public required string State { get; init; }

    /// <summary>Digest of the module.</summary>
    public required string Module { get; init; }

    /// <summary>The export that is called.</summary>
    public required string Entrypoint { get; init; }

    /// <summary>Digest of the bundle under the guest's file system; absent if there is none.</summary>
    public string? Bundle { get; init; }

    /// <summary>The hash of the content digests in its statements, fixed when it was submitted: <c>sha-256</c> or <c>sha3-256</c>.</summary>
    public string Hash { get; init; } = "sha-256";

    /// <summary>When the server took the task.</summary>
    public required DateTimeOffset SubmittedAt { get; init; }

    /// <summary>When it was decided; absent before.</summary>
    public DateTimeOffset? CompletedAt { get; init; }

    /// <summary>How sure the answer must be.</summary>
    public required AssuranceView Assurance { get; init; }

    /// <summary>Who submitted it: the name of the API key, or <c>local</c>.</summary>
    public string Submitter { get; init; } = "local";

    /// <summary>0 to 9, the highest first.</summary>
    public int Priority { get; init; } = 5;

    /// <summary>Where it may run, and how the node is chosen; absent if nothing was asked for.</summary>
    public TaskSelection? Selection { get; init; }

    /// <summary>Most tries; absent if that is the server's.</summary>
    public int? MaxAttempts { get; init; }

    /// <summary>The submitter's own.</summary>
    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    /// <summary>What the guest did; present exactly in state <c>completed</c>.</summary>
    public TaskResult? Result { get; init; }

    /// <summary>What it cost; present with <see cref="Result"/>.</summary>
    public TaskMetrics? Metrics { get; init; }

    /// <summary>The signed statements about it.</summary>
    public required IReadOnlyList<TaskProof> Proofs { get; init; }

    /// <summary>The vote; where nodes vote.</summary>
    public ConsensusView? Consensus { get; init; }

    /// <summary>What came of running again what one node decided; absent if it was not, or not yet.</summary>
    public AuditView? Audit { get; init; }

    /// <summary>Every try, in order.</summary>
    public required IReadOnlyList<TaskAttempt> Attempts { get; init; }

    /// <summary>Why no decision could be reached; present exactly in state <c>failed</c>.</summary>
    public TaskFailure? Failure { get; init; }
}

/// <summary>The states of a task.</summary>
public static class TaskStates
{
    /// <summary>Waits for a node.</summary>
    public const string Queued = "queued";

    /// <summary>A node has it.</summary>
    public const string Running = "running";

    /// <summary>Nodes vote on it: some result is there, and more are waited for.</summary>
    public const string Verifying = "verifying";

    /// <summary>A verified statement exists, whatever its outcome.</summary>
    public const string Completed = "completed";

    /// <summary>No decision could be reached.</summary>
    public const string Failed = "failed";

    /// <summary>The client called it off.</summary>
    public const string Cancelled = "cancelled";

    /// <summary>Every state.</summary>
    public static IReadOnlyList<string> All { get; } = [Queued, Running, Verifying, Completed, Failed, Cancelled];

    /// <summary>True for states that a task never leaves.</summary>
    public static bool IsFinal(string state) => state is Completed or Failed or Cancelled;
}

/// <summary>What the guest did.</summary>
/// <param name="Outcome"><c>completed</c>, <c>trapped</c>, <c>out-of-fuel</c> or <c>output-limit</c>.</param>
/// <param name="ExitCode">Exit code; absent unless completed.</param>
/// <param name="Output">Stdout.</param>
/// <param name="Stderr">Stderr.</param>
/// <param name="Results">What an exported function returned.</param>
/// <param name="Trap">Name of the trap, if one ended the guest.</param>
public sealed record TaskResult(
    string Outcome,
    long? ExitCode,
    TaskOutput Output,
    TaskOutput Stderr,
    IReadOnlyList<ResultValue> Results,
    string? Trap)
{
    /// <summary>The files that the task's outputs name, in ascending order of their paths' UTF-8 bytes: the first 256, in lists of tasks none. All of them: <c>/tasks/{id}/files</c>.</summary>
    public IReadOnlyList<TaskFile> Files { get; init; } = [];

    /// <summary>How many files came back.</summary>
    public long FileCount { get; init; }

    /// <summary>True if the bytes of streams and files were taken away because of their age; what stands here and the proof stay. Otherwise absent.</summary>
    public bool? Expired { get; init; }
}

/// <summary>Bytes that a guest wrote.</summary>
/// <param name="Text">The bytes as text, if they are UTF-8 and not too many to show.</param>
/// <param name="Base64">The bytes otherwise, if they are not too many to show; larger ones are at <c>/tasks/{id}/output</c>.</param>
/// <param name="SizeBytes">How many there are.</param>
/// <param name="Digest">SHA-256 of the bytes.</param>
public sealed record TaskOutput(string? Text, string? Base64, long SizeBytes, string Digest);

/// <summary>A number: a JSON number for i32, a string otherwise.</summary>
public sealed record ResultValue(string Type, [property: JsonRequired] JsonElement Value);

/// <summary>What a task cost.</summary>
/// <param name="Instructions">Instructions used, exact; for a trap a deterministic lower bound.</param>
/// <param name="Gas">Price in gas.</param>
/// <param name="MemoryBytes">Linear memory at the end.</param>
/// <param name="WallTimeMs">Wall time of the run as the node measured it. Not part of the statement.</param>
/// <param name="CacheHit">Whether the compiled module was in memory already.</param>
public sealed record TaskMetrics(long Instructions, long Gas, long MemoryBytes, double WallTimeMs, bool CacheHit);

/// <summary>A statement about a task.</summary>
/// <param name="Id">SHA-256 of the statement: the proof's name.</param>
/// <param name="Node">The node that signed.</param>
/// <param name="ExecutionHash">Names what ran and what came of it.</param>
public sealed record TaskProof(string Id, string Node, string ExecutionHash);

/// <summary>One try.</summary>
/// <param name="Number">1 for the first.</param>
/// <param name="Node">The node that had it.</param>
/// <param name="State"><c>running</c>, <c>accepted</c>, <c>rejected</c>, <c>inconclusive</c>, <c>expired</c>, <c>lost</c> or <c>cancelled</c>.</param>
/// <param name="Reason">Why, if it was not accepted.</param>
/// <param name="StartedAt">When the node got it.</param>
/// <param name="EndedAt">When it ended; absent while running.</param>
public sealed record TaskAttempt(int Number, string Node, string State, string? Reason, DateTimeOffset StartedAt, DateTimeOffset? EndedAt)
{
    /// <summary>Energy that the run took, as the node says; absent if it does not know. Unit: joules.</summary>
    public double? EnergyJoules { get; init; }

    /// <summary>The node's price, if it won an auction. Unit: micro-credits for 10^6 gas.</summary>
    public long? Price { get; init; }

    /// <summary>True for the run of an audit.</summary>
    public bool? Audit { get; init; }
}

/// <summary>How sure the answer must be.</summary>
/// <param name="Mode">One of <see cref="AssuranceModes"/>.</param>
/// <param name="Runs">How often the guest is run; absent if once.</param>
public sealed record AssuranceView(string Mode, int? Runs)
{
    /// <summary>How many nodes run it; with mode <c>quorum</c> only.</summary>
    public int? Replicas { get; init; }

    /// <summary>How many must agree; with mode <c>quorum</c> only.</summary>
    public int? Quorum { get; init; }
}

/// <summary>The vote about a task.</summary>
/// <param name="Required">Votes that a result needs.</param>
/// <param name="Agreed">Votes for the result; 0 before the decision.</param>
/// <param name="Certificate">Proof id of the orchestrator's certificate; absent before the decision.</param>
public sealed record ConsensusView(int Required, int Agreed, string? Certificate);

/// <summary>A trusted node ran a decided task again.</summary>
/// <param name="State"><c>passed</c>, or <c>failed</c>: it came to another end, which is in the log, and what was decided stays.</param>
/// <param name="Proof">Proof id of its statement.</param>
public sealed record AuditView(string State, string Proof);

/// <summary>Why a task failed.</summary>
/// <param name="Code">Stable code, see docs/error-codes.md.</param>
/// <param name="Message">A sentence for people.</param>
/// <param name="Divergence">With code <c>repeat-mismatch</c>: how the runs disagreed.</param>
public sealed record TaskFailure(string Code, string Message, TaskDivergence? Divergence = null)
{
    /// <summary>With a divergence: proof id of the orchestrator's report of it.</summary>
    public string? Report { get; init; }
}
