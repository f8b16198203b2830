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
    /// <summary>One of <see cref="Client.Tasks.AssuranceModes"/>.</summary>
    public required string Assurance { get; init; }

    /// <summary>How often the node runs the guest.</summary>
    public required int Runs { get; init; }

    /// <summary>How many nodes run it.</summary>
    public required int Replicas { get; init; }

    /// <summary>How many of them must agree.</summary>
    public required int Quorum { get; init; }

    /// <summary>The orchestrator's statement about the decision, if it made one.</summary>
    public Digest? Decision { get; init; }

    /// <summary>How repeated runs disagreed, as JSON.</summary>
    public string? Divergence { get; init; }
}
