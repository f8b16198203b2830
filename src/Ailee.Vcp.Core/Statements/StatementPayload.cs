using Ailee.Vcp.Core.Execution;

namespace Ailee.Vcp.Core.Statements;

/// <summary>What a node claims about one execution. Every honest node encodes the same bytes, so agreement is byte equality.</summary>
public sealed record StatementPayload
{
    /// <summary>Version of the payload.</summary>
    public const int Version = 1;

    /// <summary>Longest entrypoint name in UTF-8 bytes.</summary>
    public const int MaxEntrypointBytes = 64;

    /// <summary>The <see cref="ExitCode"/> of a guest that did not come to an exit.</summary>
    public const long NoExit = -1;

    /// <summary>The task.</summary>
    public required TaskId Task { get; init; }

    /// <summary>The task's nonce.</summary>
    public required Nonce Nonce { get; init; }

    /// <summary>The hash of every digest in the payload, and of those below them. Default SHA-256.</summary>
    public ContentHash Hash { get; init; } = ContentHash.Sha256;

    /// <summary>Digest of everything that defines determinism.</summary>
    public required Digest Profile { get; init; }

    /// <summary>Digest of the module's bytes.</summary>
    public required Digest Module { get; init; }

    /// <summary>Name of the export that was called.</summary>
    public required string Entrypoint { get; init; }

    /// <summary>Digest of the encoded <see cref="Invocation"/>.</summary>
    public required Digest Input { get; init; }

    /// <summary>What the guest did.</summary>
    public required Outcome Outcome { get; init; }

    /// <summary>Exit code of a completed command, 0 for a completed function, <see cref="NoExit"/> otherwise.</summary>
    public required long ExitCode { get; init; }

    /// <summary>Digest of the encoded <see cref="OutputRecord"/>.</summary>
    public required Digest Output { get; init; }

    /// <summary>Root of the trace's Merkle tree.</summary>
    public required Digest TraceRoot { get; init; }

    /// <summary>Number of leaves of the trace.</summary>
    public required long TraceLeaves { get; init; }

    /// <summary>Instructions used; for a trap a deterministic lower bound (docs/design/sandbox.md).</summary>
    public required long Instructions { get; init; }

    /// <summary>Price in gas (<see cref="GasSchedule"/>).</summary>
    public required long Gas { get; init; }

    /// <summary>Linear memory at the end, in pages of 64 KiB.</summary>
    public required long MemoryPages { get; init; }

    /// <summary>See <see cref="Core.Execution.ExecutionHash"/>.</summary>
    public required Digest ExecutionHash { get; init; }

    /// <summary>The payload with <see cref="ExecutionHash"/> computed from its other members.</summary>
    public StatementPayload WithExecutionHash() => this with { ExecutionHash = Core.Execution.ExecutionHash.Compute(this) };
}
