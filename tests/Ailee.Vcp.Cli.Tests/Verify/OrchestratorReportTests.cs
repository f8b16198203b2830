using Ailee.Vcp.Cli.Verify;
using Ailee.Vcp.Core.Cose;
using Ailee.Vcp.Core.Statements;

namespace Ailee.Vcp.Cli.Tests.Verify;

public sealed class OrchestratorReportTests
{
    [Fact]
    public void Create_StatementsOfStanding_SayWhatBecameOfTheNode()
    {
        using var orchestrator = SigningKey.Create();
        using var node = SigningKey.Create();
        using var next = SigningKey.Create();
        var (id, newId) = (node.PublicKey.Id, next.PublicKey.Id);
        (OrchestratorPayload Payload, string Kind, string Says)[] all =
        [
            (new OrchestratorPayload.Revocation(id, "sold"), "revocation", $"it removed the node {id}: sold"),
            (new OrchestratorPayload.Quarantine(id, "3 strikes"), "quarantine", $"it quarantined the node {id}: 3 strikes"),
            (new OrchestratorPayload.Release(id), "release", $"it released the node {id} from its quarantine"),
            (new OrchestratorPayload.Rotation(id, next.PublicKey, "owner", "name"), "rotation", $"the node {id}, name of owner, goes on as {newId}"),
        ];

        Assert.All(all, each =>
        {
            var report = OrchestratorReport.Create(OrchestratorStatement.Sign(orchestrator, each.Payload, 1_767_225_600, 1));

            Assert.Equal((each.Kind, each.Says), (report.Kind, report.Says));
        });
    }
}
