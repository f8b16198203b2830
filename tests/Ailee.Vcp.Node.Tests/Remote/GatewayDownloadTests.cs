using System.Text;
using Ailee.Vcp.Client.Mesh;
using Ailee.Vcp.Node.Remote;

namespace Ailee.Vcp.Node.Tests.Remote;

/// <summary>How inputs are fetched.</summary>
public sealed class GatewayDownloadTests : IAsyncDisposable
{
    private readonly RemoteNodeFixture _node = new();
    private readonly FakeGateway _offers = new();

    private HttpNodeGateway Gateway => _node.Gateway;

    private FakeServer Server => _node.Server;

    [Fact]
    public async Task Downloads_Cut_BeginAgain()
    {
        var lease = LeaseWithStdin("hello"u8.ToArray());
        Server.Contents[$"{lease.Lease}/module"] = "module"u8.ToArray();
        Server.Contents[$"{lease.Lease}/bundle"] = "bundle"u8.ToArray();
        Server.Contents[$"{lease.Lease}/stdin"] = "hello"u8.ToArray();
        foreach (var call in (string[])["module", "bundle", "stdin"])
        {
            Server.Fail(call, Fault.Cut, Fault.RequestLost, Fault.Busy, Fault.SessionEnded, Fault.Garbage);
        }

        Assert.Equal("module", Encoding.UTF8.GetString((await _node.AdvanceUntilAsync(Gateway.GetModuleAsync(lease, default))).Span));
        Assert.Equal("hello", Encoding.UTF8.GetString((await _node.AdvanceUntilAsync(Gateway.GetStdinAsync(lease, default))).Span));
        await using var bundle = await _node.AdvanceUntilAsync(Gateway.GetBundleAsync(lease, default));
        Assert.Equal("bundle", await new StreamReader(bundle).ReadToEndAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Downloads_OfAnUnknownLease_SayThatItEnded()
    {
        var lease = _offers.Offer(FakeGateway.Add, 1, 2);

        Assert.Equal(lease.Lease, (await Assert.ThrowsAsync<LeaseEndedException>(() => _node.AdvanceUntilAsync(Gateway.GetModuleAsync(lease, default)))).Lease);
        await Assert.ThrowsAsync<LeaseEndedException>(() => _node.AdvanceUntilAsync(Gateway.GetBundleAsync(lease, default)));
        Assert.Empty(Directory.GetFiles(_node.Directory.Downloads));
    }

    [Fact]
    public async Task Stdin_OtherThanTheInvocations_IsRefused()
    {
        var lease = LeaseWithStdin("hello"u8.ToArray());
        Server.Contents[$"{lease.Lease}/stdin"] = "other"u8.ToArray();
        Server.Send(lease with { Stdin = "false"u8.ToArray() });

        var taken = Assert.Single(await _node.AdvanceUntilAsync(Gateway.LeaseAsync(1, default)));

        Assert.Null(taken.Stdin);
        await Assert.ThrowsAsync<InvalidDataException>(() => _node.AdvanceUntilAsync(Gateway.GetStdinAsync(taken, default)));
    }

    public async ValueTask DisposeAsync() => await _node.DisposeAsync();

    private LeaseOffer LeaseWithStdin(byte[] stdin)
    {
        var offer = _offers.Offer(FakeGateway.Add, 1, 2);
        var invocation = Core.Execution.Invocation.TryDecode(offer.Invocation, out _)! with { Stdin = Core.Merkle.Blob.Of(stdin) };
        return offer with { Invocation = invocation.Encode(), Stdin = null, StdinSizeBytes = stdin.Length };
    }
}
