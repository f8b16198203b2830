using Ailee.Vcp.Client.Proofs;
using Ailee.Vcp.Core.Cose;
using Ailee.Vcp.Core.Statements;
using Ailee.Vcp.Server.Proofs;

namespace Ailee.Vcp.Server.Tests.Proofs;

public sealed class OrchestratorProofsTests : IDisposable
{
    private readonly SigningKey _orchestrator = SigningKey.Create();
    private readonly SigningKey _node = SigningKey.Create();
    private readonly SigningKey _next = SigningKey.Create();

    public void Dispose()
    {
        _orchestrator.Dispose();
        _node.Dispose();
        _next.Dispose();
    }

    [Fact]
    public void Create_Standing_HasTheMemberOfItsKindOnly()
    {
        var node = _node.PublicKey.Id;

        var revoked = Create(new OrchestratorPayload.Revocation(node, "sold"));
        var quarantined = Create(new OrchestratorPayload.Quarantine(node, "3 strikes"));
        var released = Create(new OrchestratorPayload.Release(node));

        Assert.Equal(("revocation", new StandingView(node.ToString(), "sold")), (revoked.Kind, revoked.Revocation));
        Assert.Equal(("quarantine", new StandingView(node.ToString(), "3 strikes")), (quarantined.Kind, quarantined.Quarantine));
        Assert.Equal(("release", new StandingView(node.ToString(), null)), (released.Kind, released.Release));
        Assert.All([revoked, quarantined, released], view => Assert.Equal(1, Members(view)));
    }

    [Fact]
    public void Create_Rotation_NamesBothKeys()
    {
        var rotated = Create(new OrchestratorPayload.Rotation(_node.PublicKey.Id, _next.PublicKey, "owner", "name"));

        Assert.Equal("rotation", rotated.Kind);
        Assert.Equal(
            new RotationView(_node.PublicKey.Id.ToString(), _next.PublicKey.Id.ToString(), _next.PublicKey.ToString(), "owner", "name"), rotated.Rotation);
        Assert.Equal(1, Members(rotated));
    }

    private static int Members(ProofView view) =>
        new object?[] { view.Payload, view.Genesis, view.Enrolment, view.Certificate, view.Divergence, view.Revocation, view.Quarantine, view.Release, view.Rotation }
            .Count(member => member is not null);

    private ProofView Create(OrchestratorPayload payload) => OrchestratorProofs.Create(OrchestratorStatement.Sign(_orchestrator, payload, 1_767_225_600, 1));
}
