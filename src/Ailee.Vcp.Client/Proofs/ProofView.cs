namespace Ailee.Vcp.Client.Proofs;

/// <summary>A stored statement in words; the signed bytes are in <see cref="Statement"/>.</summary>
public sealed record ProofView
{
    /// <summary>SHA-256 of the statement.</summary>
    public required string Id { get; init; }

    /// <summary>The task.</summary>
    public required string Task { get; init; }

    /// <summary>The node that signed.</summary>
    public required string Node { get; init; }

    /// <summary>When the node says it signed.</summary>
    public required DateTimeOffset IssuedAt { get; init; }

    /// <summary>Counter of the key.</summary>
    public required string Counter { get; init; }

    /// <summary>The key that travels with the statement, base64url.</summary>
    public required string PublicKey { get; init; }

    /// <summary>What the statement claims.</summary>
    public required ProofPayload Payload { get; init; }

    /// <summary>The COSE_Sign1 in base64.</summary>
    public required string Statement { get; init; }
}

/// <summary>
/// The claims of a statement (docs/design/statement.md). The hash is <c>sha-256</c> or <c>sha3-256</c>; the digests are under it and say
/// so: <c>sha256:…</c> or <c>sha3-256:…</c>.
/// </summary>
public sealed record ProofPayload(
    string Hash,
    string Nonce,
    string Profile,
    string Module,
    string Entrypoint,
    string Input,
    string Outcome,
    long ExitCode,
    string Output,
    string TraceRoot,
    long TraceLeaves,
    long Instructions,
    long Gas,
    long MemoryPages,
    string ExecutionHash);
