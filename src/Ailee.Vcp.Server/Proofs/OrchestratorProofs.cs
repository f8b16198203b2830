using System.Globalization;
using Ailee.Vcp.Client.Proofs;
using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Core.Statements;

namespace Ailee.Vcp.Server.Proofs;

/// <summary>The orchestrator's statements as the contract shows them.</summary>
internal static class OrchestratorProofs
{
    public static ProofView Create(OrchestratorStatement statement)
    {
        var (header, payload) = (statement.Header, statement.Payload);
        return new ProofView
        {
            Id = statement.Id.ToString(),
            Kind = header.Kind.Name,
            Task = payload switch
            {
                OrchestratorPayload.Certificate certificate => certificate.Task.ToString(),
                OrchestratorPayload.Divergence divergence => divergence.Task.ToString(),
                _ => null,
            },
            IssuedAt = DateTimeOffset.FromUnixTimeSeconds(header.IssuedAtSeconds),
            Counter = header.Counter.ToString(CultureInfo.InvariantCulture),
            PublicKey = header.Key.ToString(),
            Genesis = payload is OrchestratorPayload.Genesis genesis ? new GenesisView(genesis.Origin, genesis.LogKey.ToString(), genesis.Policy) : null,
            Enrolment = payload is OrchestratorPayload.Enrolment enrolment
                ? new EnrolmentView(enrolment.Node.Id.ToString(), enrolment.Node.ToString(), enrolment.Owner, enrolment.Name)
                : null,
            Certificate = payload is OrchestratorPayload.Certificate decided ? Certificate(decided) : null,
            Divergence = payload is OrchestratorPayload.Divergence parted ? Divergence(parted) : null,
            Revocation = payload is OrchestratorPayload.Revocation revocation ? new StandingView(revocation.Node.ToString(), revocation.Reason) : null,
            Quarantine = payload is OrchestratorPayload.Quarantine quarantine ? new StandingView(quarantine.Node.ToString(), quarantine.Reason) : null,
            Release = payload is OrchestratorPayload.Release release ? new StandingView(release.Node.ToString(), null) : null,
            Rotation = payload is OrchestratorPayload.Rotation rotation
                ? new RotationView(rotation.Old.ToString(), rotation.New.Id.ToString(), rotation.New.ToString(), rotation.Owner, rotation.Name)
                : null,
            Statement = Convert.ToBase64String(statement.Bytes.Span),
        };
    }

    private static CertificateView Certificate(OrchestratorPayload.Certificate certificate) => new(
        certificate.PayloadDigest.ToString(),
        certificate.Quorum,
        certificate.Replicas,
        [.. certificate.Votes.Select(vote => new VoteView(vote.Node.ToString(), vote.Owner, vote.Statement.ToString()))]);

    private static DivergenceView Divergence(OrchestratorPayload.Divergence divergence) => new(
        [
            .. divergence.Claims.Select(claim => new ClaimView(
                claim.Node.ToString(),
                claim.Owner,
                claim.Statement?.ToString(),
                claim.Outcome.ToName(),
                claim.Outcome == Outcome.Completed ? claim.ExitCode : null,
                divergence.Hash.Text(claim.Output),
                claim.Instructions,
                divergence.Hash.Text(claim.TraceRoot))),
        ],
        divergence.Difference?.Field,
        divergence.Difference?.Leaf,
        divergence.Difference?.Record);
}
