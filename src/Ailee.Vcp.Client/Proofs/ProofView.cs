namespace Ailee.Vcp.Client.Proofs;

/// <summary>A stored statement in words; the signed bytes are in <see cref="Statement"/>.</summary>
public sealed record ProofView
{
    /// <summary>SHA-256 of the statement.</summary>
    public required string Id { get; init; }

    /// <summary>What it is about: <c>execution</c>, <c>genesis</c>, <c>enrolment</c>, <c>certificate</c>, <c>divergence</c>, <c>revocation</c>, <c>quarantine</c>, <c>release</c> or <c>rotation</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>The task; absent if it is about none.</summary>
    public string? Task { get; init; }

    /// <summary>The node that signed; absent if the orchestrator did.</summary>
    public string? Node { get; init; }

    /// <summary>When the signer says it signed.</summary>
    public required DateTimeOffset IssuedAt { get; init; }

    /// <summary>Counter of the key.</summary>
    public required string Counter { get; init; }

    /// <summary>The key that travels with the statement, base64url.</summary>
    public required string PublicKey { get; init; }

    /// <summary>What an execution came to; with kind <c>execution</c> only.</summary>
    public ProofPayload? Payload { get; init; }

    /// <summary>With kind <c>genesis</c> only.</summary>
    public GenesisView? Genesis { get; init; }

    /// <summary>With kind <c>enrolment</c> only.</summary>
    public EnrolmentView? Enrolment { get; init; }

    /// <summary>With kind <c>certificate</c> only.</summary>
    public CertificateView? Certificate { get; init; }

    /// <summary>With kind <c>divergence</c> only.</summary>
    public DivergenceView? Divergence { get; init; }

    /// <summary>With kind <c>revocation</c> only.</summary>
    public StandingView? Revocation { get; init; }

    /// <summary>With kind <c>quarantine</c> only.</summary>
    public StandingView? Quarantine { get; init; }

    /// <summary>With kind <c>release</c> only.</summary>
    public StandingView? Release { get; init; }

    /// <summary>With kind <c>rotation</c> only.</summary>
    public RotationView? Rotation { get; init; }

    /// <summary>Where the log holds it; absent until a checkpoint covers it.</summary>
    public LogPosition? Log { get; init; }

    /// <summary>The COSE_Sign1 in base64, without receipt.</summary>
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
