using Ailee.Vcp.Core.Cose;
using Ailee.Vcp.Core.Statements;
using Ailee.Vcp.Core.Tests.Cbor;
using Ailee.Vcp.Core.Tests.Log;

namespace Ailee.Vcp.Core.Tests.Statements;

/// <summary>
/// An orchestrator's statement whose payload is written by hand, entry by entry, so that a test can change any of them and sign the
/// rest again.
/// </summary>
internal sealed class OrchestratorParts
{
    private readonly StatementHeader _header;

    private OrchestratorParts(StatementKind kind, string subject, params byte[][] values)
    {
        _header = StatementHeader.Create(kind, SampleLog.Orchestrator.PublicKey, subject, 1_767_225_600, 1);
        Payload = [(RawCbor.Integer(1), RawCbor.Integer(1)), .. values.Select((value, index) => (RawCbor.Integer(index + 2), value))];
    }

    public List<(byte[] Key, byte[] Value)> Payload { get; }

    public static OrchestratorParts Of(OrchestratorPayload payload) => payload switch
    {
        OrchestratorPayload.Genesis genesis => new(
            payload.Kind, payload.Subject, RawCbor.Text(genesis.Origin), Key(genesis.LogKey), RawCbor.Text("sha-256"), RawCbor.Text(genesis.Policy)),
        OrchestratorPayload.Enrolment enrolment => new(
            payload.Kind, payload.Subject, Key(enrolment.Node), RawCbor.Text(enrolment.Owner), RawCbor.Text(enrolment.Name)),
        OrchestratorPayload.Certificate certificate => new(
            payload.Kind,
            payload.Subject,
            RawCbor.Bytes(certificate.Task.ToArray()),
            Digest(certificate.PayloadDigest),
            RawCbor.Integer(certificate.Quorum),
            RawCbor.Integer(certificate.Replicas),
            RawCbor.Array([.. certificate.Votes.Select(Vote)])),
        OrchestratorPayload.Divergence divergence => new(
            payload.Kind,
            payload.Subject,
            RawCbor.Bytes(divergence.Task.ToArray()),
            RawCbor.Text(divergence.Hash.Name),
            RawCbor.Array([.. divergence.Claims.Select(Claim)]),
            divergence.Difference is { } difference
                ? RawCbor.Array(RawCbor.Text(difference.Field), Optional(difference.Leaf), Optional(difference.Record))
                : RawCbor.Null),
        OrchestratorPayload.Revocation revocation => new(payload.Kind, payload.Subject, Digest(revocation.Node.Thumbprint), RawCbor.Text(revocation.Reason)),
        OrchestratorPayload.Quarantine quarantine => new(payload.Kind, payload.Subject, Digest(quarantine.Node.Thumbprint), RawCbor.Text(quarantine.Reason)),
        OrchestratorPayload.Release release => new(payload.Kind, payload.Subject, Digest(release.Node.Thumbprint)),
        OrchestratorPayload.Rotation rotation => new(
            payload.Kind, payload.Subject, Digest(rotation.Old.Thumbprint), Key(rotation.New), RawCbor.Text(rotation.Owner), RawCbor.Text(rotation.Name)),
        _ => throw new ArgumentException("No such kind.", nameof(payload)),
    };

    public static byte[] Vote(OrchestratorPayload.Vote vote) => RawCbor.Array([.. VoteItems(vote)]);

    public static List<byte[]> VoteItems(OrchestratorPayload.Vote vote) => [Digest(vote.Node.Thumbprint), RawCbor.Text(vote.Owner), Digest(vote.Statement)];

    public static byte[] Claim(OrchestratorPayload.Claim claim) => RawCbor.Array([.. ClaimItems(claim)]);

    public static List<byte[]> ClaimItems(OrchestratorPayload.Claim claim) =>
    [
        Digest(claim.Node.Thumbprint),
        RawCbor.Text(claim.Owner),
        claim.Statement is { } statement ? Digest(statement) : RawCbor.Null,
        RawCbor.Integer((int)claim.Outcome),
        RawCbor.Integer(claim.ExitCode),
        Digest(claim.Output),
        RawCbor.Integer(claim.Instructions),
        Digest(claim.TraceRoot),
    ];

    public byte[] EncodePayload() => RawCbor.Map([.. Payload]);

    /// <summary>The file, signed by the orchestrator.</summary>
    public byte[] Sign() => Sign(EncodePayload());

    public byte[] Sign(byte[] payload) => CoseSign1.Sign(SampleLog.Orchestrator, _header.Encode(), payload).Encode();

    public static byte[] Key(PublicKey key) => RawCbor.Map(
        (RawCbor.Integer(1), RawCbor.Integer(1)), (RawCbor.Integer(-1), RawCbor.Integer(6)), (RawCbor.Integer(-2), RawCbor.Bytes(key.Bytes)));

    private static byte[] Digest(Core.Digest digest) => RawCbor.Bytes(digest.ToArray());

    private static byte[] Optional(long? value) => value is { } present ? RawCbor.Integer(present) : RawCbor.Null;
}
