using System.IO.Pipelines;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Server.Http;
using Ailee.Vcp.Server.Leases;
using Microsoft.AspNetCore.Http;

namespace Ailee.Vcp.Server.Tests.Leases;

public sealed class OutputUploadsTests
{
    private const long Large = 100L << 20;
    private static readonly DeterministicLimits Limits = new(1 << 20, 1000, 1000, 200 << 20, 1000, 1000, 10, 10);
    private static readonly NodeId One = new(Digest.Of("one"u8));
    private static readonly NodeId Other = new(Digest.Of("other"u8));

    private readonly OutputUploads _uploads = new();

    [Fact]
    public async Task Take_OfANodeThatHoldsItsShare_RefusesThatNodeOnly()
    {
        using var end = new CancellationTokenSource();
        var held = HoldAsync(One, end.Token);

        var again = await HoldAsync(One, end.Token).WaitAsync(TimeSpan.FromSeconds(60));
        var other = HoldAsync(Other, end.Token);

        Assert.Equal(Problems.UploadsBusy.Code, again!.Kind.Code);
        Assert.Equal((false, false), (held.IsCompleted, other.IsCompleted));
        await end.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => held);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => other);
        Assert.Equal(Problems.MalformedRequest.Code, (await TakeAsync(One, new MemoryStream(new byte[10]), 10, default))!.Kind.Code);
    }

    private Task<Problem?> HoldAsync(NodeId node, CancellationToken cancellationToken) => TakeAsync(node, new Pipe().Reader.AsStream(), Large, cancellationToken);

    private Task<Problem?> TakeAsync(NodeId node, Stream body, long length, CancellationToken cancellationToken)
    {
        var context = new DefaultHttpContext();
        (context.Request.Body, context.Request.ContentLength) = (body, length);
        return _uploads.TakeAsync(node, context.Request, Limits, _ => Task.FromResult<Problem?>(null), cancellationToken);
    }
}
