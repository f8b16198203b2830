using Ailee.Vcp.Client.Tasks;
using Ailee.Vcp.Core;

namespace Ailee.Vcp.Server.Tasks;

/// <summary>A task as stored, without its input.</summary>
internal sealed record TaskRow(
    TaskId Id,
    string State,
    Digest Module,
    string Entrypoint,
    DateTimeOffset SubmittedAt,
    DateTimeOffset? CompletedAt,
    string? FailureCode,
    string? FailureMessage,
    byte[]? Proof,
    long? WallTimeMicroseconds,
    bool CacheHit,
    Digest? Bundle)
{
    /// <summary>One of <see cref="AssuranceModes"/>.</summary>
    public required string Assurance { get; init; }

    /// <summary>How often the node runs the guest.</summary>
    public required int Runs { get; init; }

    /// <summary>How many nodes run it.</summary>
    public required int Replicas { get; init; }

    /// <summary>How many of them must agree.</summary>
    public required int Quorum { get; init; }

    /// <summary>The orchestrator's statement about the decision, if it made one.</summary>
    public Digest? Decision { get; init; }

    /// <summary>The hash of the content digests in its statements.</summary>
    public required ContentHash Hash { get; init; }

    /// <summary>How repeated runs disagreed, as JSON.</summary>
    public string? Divergence { get; init; }

    /// <summary>Who submitted it.</summary>
    public required string Submitter { get; init; }

    /// <summary>0 to 9, the highest first.</summary>
    public required int Priority { get; init; }

    /// <summary>Where it may run, and how the node is chosen; null for anywhere.</summary>
    public TaskSelection? Selection { get; init; }

    /// <summary>Most tries; null for the server's.</summary>
    public int? MaxAttempts { get; init; }

    /// <summary>The submitter's own, as JSON.</summary>
    public string? Labels { get; init; }
}
