using Ailee.Vcp.Core.Cose;
using Ailee.Vcp.Node.Remote;

namespace Ailee.Vcp.Node.Tests.Remote;

public sealed class NodeEnrollerTests : IAsyncDisposable
{
    private readonly RemoteNodeFixture _node = new();

    private FakeServer Server => _node.Server;

    [Theory]
    [InlineData("challenge", Fault.ResponseLost)]
    [InlineData("enrol", Fault.RequestLost)]
    [InlineData("enrol", Fault.ResponseLost)]
    [InlineData("enrol", Fault.Busy)]
    [InlineData("enrol", Fault.Garbage)]
    public async Task Enrol_AnswerLost_EnrolsOnce(string call, object fault)
    {
        Server.Fail(call, (Fault)fault, (Fault)fault);

        var (node, logKey) = await _node.AdvanceUntilAsync(EnrolAsync(FakeServer.Token, null));

        Assert.Equal((_node.Key.PublicKey.Id.ToString(), "alice", Server.LogKey.ToString()), (node.Id, node.Owner, logKey));
        Assert.Equal(_node.Key.PublicKey.ToString(), Server.Enrolled);
    }

    [Fact]
    public async Task Enrol_FalseToken_IsRefusedAtOnce()
    {
        var refusal = await Assert.ThrowsAsync<NodeCallException>(() => _node.AdvanceUntilAsync(EnrolAsync("vcpj_false", null)));

        Assert.Equal(("token-invalid", false, 1), (refusal.Code, refusal.IsTransient, Server.CountOf("enrol")));
    }

    [Fact]
    public async Task Enrol_ServerWithAnotherLog_IsNotGivenTheToken()
    {
        using var other = SigningKey.Create();
        var known = new Core.Log.NoteKey(FakeServer.Origin, other.PublicKey, Core.Log.NoteKeyType.Log).ToString();

        await Assert.ThrowsAsync<InvalidDataException>(() => _node.AdvanceUntilAsync(EnrolAsync(FakeServer.Token, known)));

        Assert.Equal(0, Server.CountOf("enrol"));
    }

    [Fact]
    public async Task Enrol_NobodyAnswers_GivesUp()
    {
        Server.Fail("challenge", [.. Enumerable.Repeat(Fault.RequestLost, 10)]);

        Assert.True((await Assert.ThrowsAsync<NodeCallException>(() => _node.AdvanceUntilAsync(EnrolAsync(FakeServer.Token, null)))).IsTransient);
        Assert.Equal(5, Server.CountOf("challenge"));
    }

    public async ValueTask DisposeAsync() => await _node.DisposeAsync();

    private Task<(Client.Nodes.NodeView Node, string LogKey)> EnrolAsync(string token, string? known) => NodeEnroller.EnrolAsync(
        Server.Client(),
        _node.Key,
        token,
        "n",
        MachineCapabilities.Of(1, 1 << 20, new Dictionary<string, string>(), null),
        known,
        _node.Time,
        default);
}
