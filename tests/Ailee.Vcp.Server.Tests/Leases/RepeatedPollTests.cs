using Ailee.Vcp.Client.Mesh;
using Ailee.Vcp.Server.Leases;
using Ailee.Vcp.Server.Tests.Hosting;

namespace Ailee.Vcp.Server.Tests.Leases;

/// <summary>A call for work that comes twice.</summary>
public sealed class RepeatedPollTests
{
    [Fact]
    public async Task Poll_SameRequestWhileItWaits_GetsTheSameLeasesInBothAnswers()
    {
        await using var server = await RunningServer.StartAsync(new ServerSetup { NodeWorks = false });
        using var node = await ActingNode.JoinAsync(server, "ann");
        var module = await server.Client.UploadAsync(Guests.Math);
        var (service, request) = (server.Get<LeaseService>(), new LeasePoll(Guid.NewGuid(), 1));

        var polls = Enumerable.Range(0, 3).Select(_ => service.PollAsync(node.Id, request, TimeSpan.FromMinutes(1), default)).ToArray();
        var task = await server.Client.SubmitAsync(module, "add", 1, 2);

        var leases = (await Task.WhenAll(polls)).Select(poll => Assert.Single(poll.Leases)).ToArray();
        Assert.Equal(task.ToString(), leases[0].Task);
        Assert.Single(leases.Select(lease => lease.Lease).Distinct());
    }
}
