using Ailee.Vcp.Core;
using Ailee.Vcp.Server.Leases;
using Ailee.Vcp.Server.Tests.Hosting;

namespace Ailee.Vcp.Server.Tests.Leases;

/// <summary>How many leases one call grants.</summary>
public sealed class LeaseGrantTests
{
    [Fact]
    public async Task Lease_LargeInputs_GrantsUpToTheBoundAndTheRestNextInOrder()
    {
        await using var server = await RunningServer.StartAsync(new ServerSetup { NodeWorks = false });
        using var node = new ActingNode(server);
        var module = await server.Client.UploadAsync(Guests.Math);
        var ids = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            ids.Add((await server.Client.SubmitAsync(module, "add", 1, i)).ToString());
        }

        await server.Database.WriteAsync(transaction => transaction.Execute(
            "UPDATE task_inputs SET stdin = zeroblob($size) WHERE task = $task",
            ("$size", LeaseGrants.MostInputBytes),
            ("$task", TaskId.Parse(ids[1]).ToArray())));

        var first = await node.Gateway.LeaseAsync(4, default);
        ids.Add((await server.Client.SubmitAsync(module, "add", 1, 5)).ToString());
        var second = await node.Gateway.LeaseAsync(10, default);

        Assert.Equal(ids[..2], first.Select(lease => lease.Task));
        Assert.Equal(ids[2..], second.Select(lease => lease.Task));
    }
}
