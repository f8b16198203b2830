using Ailee.Vcp.Core.Cose;
using Ailee.Vcp.Core.Execution;

namespace Ailee.Vcp.Core.Statements;

/// <summary>What an orchestrator states. The kinds are the types within (docs/design/statement.md).</summary>
public abstract record OrchestratorPayload
{
    /// <summary>Version of all payloads.</summary>
    public const int Version = 1;

    /// <summary>Longest name, owner, reason or field in UTF-8 bytes.</summary>
    public const int MaxTextBytes = 128;

    /// <summary>Most votes or claims in one statement.</summary>
    public const int MaxVotes = 16;

    private OrchestratorPayload(StatementKind kind, string subject)
    {
        Kind = kind;
        Subject = subject;
    }

    /// <summary>The kind that goes with the type.</summary>
    public StatementKind Kind { get; }

    /// <summary>The subject claim that goes with the payload.</summary>
    public string Subject { get; }

    /// <summary>Begins a log: its entry 0.</summary>
    /// <param name="Origin">The log's origin.</param>
    /// <param name="LogKey">The key of its checkpoints and receipts.</param>
    /// <param name="Policy">Name of the rules by which statements are logged.</param>
    public sealed record Genesis(string Origin, PublicKey LogKey, string Policy) : OrchestratorPayload(StatementKind.Genesis, Origin);

    /// <summary>Enrols a node.</summary>
    /// <param name="Node">The node's key.</param>
    /// <param name="Owner">Who answers for it.</param>
    /// <param name="Name">What it is called.</param>
    public sealed record Enrolment(PublicKey Node, string Owner, string Name) : OrchestratorPayload(StatementKind.Enrolment, StatementKind.NodePrefix + Node.Id);

    /// <summary>Decides a task by votes.</summary>
    /// <param name="Task">The task.</param>
    /// <param name="PayloadDigest">SHA-256 of the payload that won.</param>
    /// <param name="Quorum">Votes needed.</param>
    /// <param name="Replicas">Votes asked for at first.</param>
    /// <param name="Votes">The votes for the payload, by ascending node.</param>
    public sealed record Certificate(TaskId Task, Digest PayloadDigest, int Quorum, int Replicas, IReadOnlyList<Vote> Votes)
        : OrchestratorPayload(StatementKind.Certificate, StatementKind.TaskPrefix + Task);

    /// <summary>Says how executions of a task disagreed, so that none decided it.</summary>
    /// <param name="Task">The task.</param>
    /// <param name="Hash">The hash of the claims' digests.</param>
    /// <param name="Claims">What each execution came to.</param>
    /// <param name="Difference">Where two of them part; null if their traces could not be compared.</param>
    public sealed record Divergence(TaskId Task, ContentHash Hash, IReadOnlyList<Claim> Claims, TraceDivergence? Difference)
        : OrchestratorPayload(StatementKind.Divergence, StatementKind.TaskPrefix + Task);

    /// <summary>Removes a node for good. What it signed before stays valid.</summary>
    /// <param name="Node">The node.</param>
    /// <param name="Reason">Why, for people.</param>
    public sealed record Revocation(NodeId Node, string Reason) : OrchestratorPayload(StatementKind.Revocation, StatementKind.NodePrefix + Node);

    /// <summary>Gives a node no work until it is released.</summary>
    /// <param name="Node">The node.</param>
    /// <param name="Reason">Why, for people.</param>
    public sealed record Quarantine(NodeId Node, string Reason) : OrchestratorPayload(StatementKind.Quarantine, StatementKind.NodePrefix + Node);

    /// <summary>Ends a quarantine.</summary>
    /// <param name="Node">The node.</param>
    public sealed record Release(NodeId Node) : OrchestratorPayload(StatementKind.Release, StatementKind.NodePrefix + Node);

    /// <summary>Removes a node's key and enrols another in its place. The new key has an enrolment of its own beside this.</summary>
    /// <param name="Old">The node under the key that it had.</param>
    /// <param name="New">The key that it has from now on, another one.</param>
    /// <param name="Owner">Who answers for it, as before.</param>
    /// <param name="Name">What it is called, as before.</param>
    public sealed record Rotation(NodeId Old, PublicKey New, string Owner, string Name) : OrchestratorPayload(StatementKind.Rotation, StatementKind.NodePrefix + Old);

    /// <summary>A vote.</summary>
    /// <param name="Node">Who voted.</param>
    /// <param name="Owner">Who answers for it.</param>
    /// <param name="Statement">Id of its statement.</param>
    public sealed record Vote(NodeId Node, string Owner, Digest Statement);

    /// <summary>What an execution came to.</summary>
    /// <param name="Node">Who ran it.</param>
    /// <param name="Owner">Who answers for it.</param>
    /// <param name="Statement">Id of its statement; null for one of repeated runs, which are not signed one by one.</param>
    /// <param name="Outcome">What the guest did.</param>
    /// <param name="ExitCode">As in a statement's payload.</param>
    /// <param name="Output">Digest of the output record.</param>
    /// <param name="Instructions">Instructions used.</param>
    /// <param name="TraceRoot">Root of the trace.</param>
    public sealed record Claim(NodeId Node, string Owner, Digest? Statement, Outcome Outcome, long ExitCode, Digest Output, long Instructions, Digest TraceRoot);

    /// <summary>Where two traces part.</summary>
    /// <param name="Field">What differs (docs/design/trace.md).</param>
    /// <param name="Leaf">Index of the first leaf that differs, if the field is in one.</param>
    /// <param name="Record">Index of the host call, if it is one.</param>
    public sealed record TraceDivergence(string Field, long? Leaf, long? Record);
}
