using Ailee.Vcp.Client.Mesh;
using Ailee.Vcp.Client.Tasks;
using Ailee.Vcp.Server.Tests.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace Ailee.Vcp.Server.Tests.Leases;

/// <summary>When a statement may be of: from five minutes before the lease to five minutes after it came in.</summary>
public sealed class IntakeTimeTests
{
    private static readonly DateTimeOffset Start = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan RunTime = TimeSpan.FromMinutes(20);

    [Theory]
    [InlineData(-301, "timestamp-stale")]
    [InlineData(-300, null)]
    [InlineData(0, null)]
    [InlineData(1200, null)]
    [InlineData(1500, null)]
    [InlineData(1501, "timestamp-future")]
    [InlineData(-1_893_456_001, "timestamp-stale")]
    [InlineData(long.MaxValue, "timestamp-future")]
    [InlineData(long.MinValue, "timestamp-stale")]
    public async Task Report_IssuedAt_MustFitTheLease(long secondsAfterLease, string? code)
    {
        var time = new FakeTimeProvider(Start);
        await using var server = await RunningServer.StartAsync(new ServerSetup { NodeWorks = false, Time = time });
        using var node = new ActingNode(server);
        var id = await server.Client.SubmitAsync(await server.Client.UploadAsync(Guests.Math), "add", 2, 40);
        var lease = await node.LeaseAsync();
        var issued = secondsAfterLease is long.MaxValue or long.MinValue ? secondsAfterLease : Start.ToUnixTimeSeconds() + secondsAfterLease;
        var report = await node.ReportAsync(lease, new Lie { IssuedAtSeconds = issued });
        time.Advance(RunTime);

        var receipt = await node.Gateway.ReportAsync(report, default);

        Assert.Equal(new LeaseReceipt(code is null, code), receipt);
        var task = await server.Client.GetTaskAsync(id, null, default);
        Assert.Equal(code is null ? TaskStates.Completed : TaskStates.Queued, task.State);
    }
}
