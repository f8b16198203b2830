using Ailee.Vcp.Core.Statements;

namespace Ailee.Vcp.Cli.Verify;

/// <summary>What an orchestrator's statement says. Worth nothing unless the checks passed.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Orchestrator">Thumbprint of the key.</param>
/// <param name="PublicKey">The key.</param>
/// <param name="IssuedAt">When, as the orchestrator says.</param>
/// <param name="Says">What, in words.</param>
internal sealed record OrchestratorReport(string Kind, string Orchestrator, string PublicKey, string IssuedAt, string Says)
{
    public static OrchestratorReport Create(OrchestratorStatement statement) => new(
        statement.Header.Kind.Name,
        statement.Header.KeyId.ToString(),
        statement.Header.Key.ToString(),
        ClaimsReport.Time(statement.Header.IssuedAtSeconds),
        Words(statement.Payload));

    private static string Words(OrchestratorPayload payload) => payload switch
    {
        OrchestratorPayload.Genesis genesis => $"it began the log {genesis.Origin} under the policy {genesis.Policy}",
        OrchestratorPayload.Enrolment enrolment => $"it enrolled the node {enrolment.Node.Id} as {enrolment.Name} of {enrolment.Owner}",
        OrchestratorPayload.Certificate certificate =>
            $"{certificate.Votes.Count} nodes agreed on task {certificate.Task}, of {certificate.Replicas} asked, {certificate.Quorum} needed: of {string.Join(", ", certificate.Votes.Select(vote => vote.Owner))}",
        OrchestratorPayload.Divergence divergence => $"{divergence.Claims.Count} runs of task {divergence.Task} disagreed{(divergence.Difference is { } difference ? $", in: {difference.Field}" : string.Empty)}",
        OrchestratorPayload.Revocation revocation => $"it removed the node {revocation.Node}: {revocation.Reason}",
        OrchestratorPayload.Quarantine quarantine => $"it quarantined the node {quarantine.Node}: {quarantine.Reason}",
        OrchestratorPayload.Release release => $"it released the node {release.Node} from its quarantine",
        OrchestratorPayload.Rotation rotation => $"the node {rotation.Old}, {rotation.Name} of {rotation.Owner}, goes on as {rotation.New.Id}",
        _ => throw new InvalidOperationException(),
    };
}
