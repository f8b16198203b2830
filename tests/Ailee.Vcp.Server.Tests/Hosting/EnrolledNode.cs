using Ailee.Vcp.Core.Cose;
using Ailee.Vcp.Server.Leases;
using Ailee.Vcp.Server.Nodes;
using Ailee.Vcp.Server.Tasks;
using Microsoft.Extensions.Hosting;

namespace Ailee.Vcp.Server.Tests.Hosting;

/// <summary>In the place of <see cref="BuiltInNode"/>: enrols its key and recovers, but takes no work, so that a test can.</summary>
internal sealed class EnrolledNode(SigningKey key, NodeEnrolment enrolment, DispatchNodes dispatch, TaskDecisions decisions, TimeProvider time) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await enrolment.EnrolAsync(new NodeRow(key.PublicKey.Id, key.PublicKey, BuiltInNode.Name, BuiltInNode.Owner, time.GetUtcNow()));
        dispatch.Start();
        await decisions.RecoverAsync(key.PublicKey.Id, time.GetUtcNow());
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
