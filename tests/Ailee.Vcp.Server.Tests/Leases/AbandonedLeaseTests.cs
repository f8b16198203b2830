using Ailee.Vcp.Core;
using Ailee.Vcp.Server.Leases;
using Ailee.Vcp.Server.Nodes;
using Ailee.Vcp.Server.Tasks;
using Ailee.Vcp.Server.Tests.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace Ailee.Vcp.Server.Tests.Leases;

/// <summary>What it costs a node that its leases expire.</summary>
public sealed class AbandonedLeaseTests
{
    [Fact]
    public async Task Expire_AllLeasesOfOneOutage_AreOneFault()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(60));
        await using var server = await RunningServer.StartAsync(new ServerSetup { NodeWorks = false, Time = time });
        using var node = await ActingNode.JoinAsync(server, "ann");
        var module = await server.Client.UploadAsync(Guests.Math);
        for (var i = 0; i < 3; i++)
        {
            await server.Client.SubmitAsync(module, "add", 1, i);
        }

        var leases = new[] { await node.LeaseAsync(), await node.LeaseAsync() };
        time.Advance(TimeSpan.FromSeconds(30));
        await ExpireAsync(leases[0].Lease, leases[0].Task);
        time.Advance(TimeSpan.FromSeconds(1));
        await ExpireAsync(leases[1].Lease, leases[1].Task);
        Assert.Equal(0.45, Reputation(), 4);

        var later = await node.LeaseAsync();
        await ExpireAsync(later.Lease, later.Task);

        Assert.Equal(0.40, Reputation(), 4);

        double Reputation() => server.Get<NodeRegistry>().Find(node.Id)!.Reputation.Value;

        Task ExpireAsync(Guid lease, string task) =>
            server.Get<TaskDecisions>().RetryAsync(TaskId.Parse(task), lease, AttemptStates.Expired, "expired", time.GetUtcNow());
    }
}
