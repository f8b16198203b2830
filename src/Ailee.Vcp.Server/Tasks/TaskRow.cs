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
    Digest? Bundle);
