using System.Globalization;
using Ailee.Vcp.Core.Cose;
using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Core.Statements;
using Ailee.Vcp.Core.Tests.Log;

namespace Ailee.Vcp.Core.Tests.Vectors;

/// <summary>An entry of orchestrator-statements.json: one of the payloads, and the bytes up to the statement.</summary>
internal sealed record OrchestratorVector(
    string Name,
    string PrivateKeySeed,
    string PublicKey,
    string Kid,
    string IssuedAt,
    string Counter,
    string Kind,
    GenesisVector? Genesis,
    EnrolmentVector? Enrolment,
    CertificateVector? Certificate,
    DivergenceVector? Divergence,
    StandingVector? Standing,
    RotationVector? Rotation,
    string Subject,
    string ProtectedHex,
    string PayloadHex,
    string StatementHex,
    string StatementId)
{
    private static readonly string[] Names =
    [
        "genesis", "enrolment", "enrolment of an owner beyond ASCII", "certificate", "divergence in a record", "divergence without traces", "divergence in the output",
        "revocation", "quarantine", "release", "rotation",
    ];

    public static IReadOnlyList<OrchestratorVector> All { get; } = [.. SampleLog.Orchestrated.Select((statement, index) => Of(Names[index], statement))];

    public OrchestratorPayload ToPayload() =>
        Genesis?.ToPayload() ?? Enrolment?.ToPayload() ?? Certificate?.ToPayload() ?? Divergence?.ToPayload() ?? Rotation?.ToPayload() ?? Standing!.ToPayload(Kind);

    public OrchestratorStatement Sign()
    {
        using var key = SigningKey.FromSeed(VectorFile.Bytes(PrivateKeySeed));
        return OrchestratorStatement.Sign(
            key, ToPayload(), long.Parse(IssuedAt, CultureInfo.InvariantCulture), ulong.Parse(Counter, CultureInfo.InvariantCulture));
    }

    private static OrchestratorVector Of(string name, OrchestratorStatement statement) => new(
        name,
        VectorFile.Hex(SampleLog.Orchestrator.ExportSeed()),
        VectorFile.Hex(statement.Header.Key.Bytes),
        statement.Header.KeyId.ToString(),
        statement.Header.IssuedAtSeconds.ToString(CultureInfo.InvariantCulture),
        statement.Header.Counter.ToString(CultureInfo.InvariantCulture),
        statement.Header.Kind.Name,
        statement.Payload is OrchestratorPayload.Genesis genesis ? GenesisVector.Of(genesis) : null,
        statement.Payload is OrchestratorPayload.Enrolment enrolment ? EnrolmentVector.Of(enrolment) : null,
        statement.Payload is OrchestratorPayload.Certificate certificate ? CertificateVector.Of(certificate) : null,
        statement.Payload is OrchestratorPayload.Divergence divergence ? DivergenceVector.Of(divergence) : null,
        StandingVector.Of(statement.Payload),
        statement.Payload is OrchestratorPayload.Rotation rotation ? RotationVector.Of(rotation) : null,
        statement.Header.Subject,
        VectorFile.Hex(statement.Envelope.Protected.Span),
        VectorFile.Hex(statement.Envelope.Payload.Span),
        VectorFile.Hex(statement.Bytes.Span),
        statement.Id.ToHex());
}

internal sealed record GenesisVector(string Origin, string LogKey, string Policy)
{
    public static GenesisVector Of(OrchestratorPayload.Genesis genesis) => new(genesis.Origin, VectorFile.Hex(genesis.LogKey.Bytes), genesis.Policy);

    public OrchestratorPayload ToPayload() => new OrchestratorPayload.Genesis(Origin, EnrolmentVector.Key(LogKey), Policy);
}

internal sealed record EnrolmentVector(string PublicKey, string Owner, string Name)
{
    public static EnrolmentVector Of(OrchestratorPayload.Enrolment enrolment) => new(VectorFile.Hex(enrolment.Node.Bytes), enrolment.Owner, enrolment.Name);

    public static PublicKey Key(string hex) =>
        Core.Cose.PublicKey.TryCreate(VectorFile.Bytes(hex), out var key) ? key : throw new FormatException("Not a key.");

    public OrchestratorPayload ToPayload() => new OrchestratorPayload.Enrolment(Key(PublicKey), Owner, Name);
}

/// <summary>A revocation, a quarantine or, without a reason, a release.</summary>
internal sealed record StandingVector(string NodeKid, string? Reason)
{
    public static StandingVector? Of(OrchestratorPayload payload) => payload switch
    {
        OrchestratorPayload.Revocation revocation => new(revocation.Node.Thumbprint.ToHex(), revocation.Reason),
        OrchestratorPayload.Quarantine quarantine => new(quarantine.Node.Thumbprint.ToHex(), quarantine.Reason),
        OrchestratorPayload.Release release => new(release.Node.Thumbprint.ToHex(), null),
        _ => null,
    };

    public OrchestratorPayload ToPayload(string kind)
    {
        var node = new NodeId(new Digest(VectorFile.Bytes(NodeKid)));
        return kind switch
        {
            "revocation" => new OrchestratorPayload.Revocation(node, Reason!),
            "quarantine" => new OrchestratorPayload.Quarantine(node, Reason!),
            _ => new OrchestratorPayload.Release(node),
        };
    }
}

internal sealed record RotationVector(string OldKid, string PublicKey, string Owner, string Name)
{
    public static RotationVector Of(OrchestratorPayload.Rotation rotation) =>
        new(rotation.Old.Thumbprint.ToHex(), VectorFile.Hex(rotation.New.Bytes), rotation.Owner, rotation.Name);

    public OrchestratorPayload ToPayload() =>
        new OrchestratorPayload.Rotation(new NodeId(new Digest(VectorFile.Bytes(OldKid))), EnrolmentVector.Key(PublicKey), Owner, Name);
}

internal sealed record CertificateVector(string Task, string PayloadDigest, int Quorum, int Replicas, IReadOnlyList<VoteVector> Votes)
{
    public static CertificateVector Of(OrchestratorPayload.Certificate certificate) => new(
        certificate.Task.ToString(),
        certificate.PayloadDigest.ToHex(),
        certificate.Quorum,
        certificate.Replicas,
        [.. certificate.Votes.Select(vote => new VoteVector(vote.Node.Thumbprint.ToHex(), vote.Owner, vote.Statement.ToHex()))]);

    public OrchestratorPayload ToPayload() => new OrchestratorPayload.Certificate(
        TaskId.Parse(Task),
        new Digest(VectorFile.Bytes(PayloadDigest)),
        Quorum,
        Replicas,
        [.. Votes.Select(vote => new OrchestratorPayload.Vote(new NodeId(new Digest(VectorFile.Bytes(vote.Kid))), vote.Owner, new Digest(VectorFile.Bytes(vote.Statement))))]);
}

internal sealed record VoteVector(string Kid, string Owner, string Statement);

internal sealed record DivergenceVector(string Task, string HashName, IReadOnlyList<ClaimVector> Claims, DifferenceVector? Difference)
{
    public static DivergenceVector Of(OrchestratorPayload.Divergence divergence) => new(
        divergence.Task.ToString(),
        divergence.Hash.Name,
        [.. divergence.Claims.Select(ClaimVector.Of)],
        divergence.Difference is { } difference ? new DifferenceVector(difference.Field, difference.Leaf, difference.Record) : null);

    public OrchestratorPayload ToPayload() => new OrchestratorPayload.Divergence(
        TaskId.Parse(Task),
        ContentHash.Find(HashName)!,
        [.. Claims.Select(claim => claim.ToClaim())],
        Difference is { } difference ? new OrchestratorPayload.TraceDivergence(difference.Field, difference.Leaf, difference.Record) : null);
}

internal sealed record DifferenceVector(string Field, long? Leaf, long? Record);

internal sealed record ClaimVector(string Kid, string Owner, string? Statement, int Outcome, long ExitCode, string Output, string Instructions, string TraceRoot)
{
    public static ClaimVector Of(OrchestratorPayload.Claim claim) => new(
        claim.Node.Thumbprint.ToHex(),
        claim.Owner,
        claim.Statement?.ToHex(),
        (int)claim.Outcome,
        claim.ExitCode,
        claim.Output.ToHex(),
        claim.Instructions.ToString(CultureInfo.InvariantCulture),
        claim.TraceRoot.ToHex());

    public OrchestratorPayload.Claim ToClaim() => new(
        new NodeId(new Digest(VectorFile.Bytes(Kid))),
        Owner,
        Statement is null ? null : new Digest(VectorFile.Bytes(Statement)),
        (Outcome)Outcome,
        ExitCode,
        new Digest(VectorFile.Bytes(Output)),
        long.Parse(Instructions, CultureInfo.InvariantCulture),
        new Digest(VectorFile.Bytes(TraceRoot)));
}
