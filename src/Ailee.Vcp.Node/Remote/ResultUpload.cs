using Ailee.Vcp.Client;
using Ailee.Vcp.Client.Mesh;
using Ailee.Vcp.Sandbox.Execution;

namespace Ailee.Vcp.Node.Remote;

/// <summary>
/// Hands in results: first what a node says, then the output if the server wants it, then the same again. Every step is repeated until
/// it is answered.
/// </summary>
internal sealed class ResultUpload(NodeHttp http, ServerCalls calls, TimeProvider time) : IDisposable
{
    private const int MostReceiptBytes = 64 * 1024;

    // A slower link than this is too slow for the task.
    private const int SlowestBytesPerSecond = 32 * 1024;

    // After an outage everything that was held is handed in; not all of it at once.
    private readonly SemaphoreSlim _places = new(8);

    /// <summary>How long an upload may take.</summary>
    public static TimeSpan TimeoutFor(int bytes) => TimeSpan.FromSeconds(30 + (bytes / SlowestBytesPerSecond));

    /// <summary>The server's last word. A lease that it knows no more is one: refused, with the problem's code.</summary>
    public async Task<LeaseReceipt> ReportAsync(LeaseReport report, CancellationToken cancellationToken)
    {
        var result = NodeCall.Post($"leases/{report.Lease}/result", ToRequest(report), VcpJson.Default.ResultRequest);
        NodeCall? output = null;
        string? refusal = null;
        for (var uploads = 0; ; uploads++)
        {
            LeaseReceipt receipt;
            try
            {
                receipt = await SendAsync("Handing in a result", (token, inner) => http.SendAsync(result with { Token = token }, MostReceiptBytes, VcpJson.Default.LeaseReceipt, inner), cancellationToken);
            }
            catch (NodeCallException exception)
            {
                return new LeaseReceipt(false, exception.Code);
            }

            // What was refused may have come from another node meanwhile; if it is still wanted, it will not be taken.
            if (!receipt.OutputWanted || refusal is not null)
            {
                return receipt.OutputWanted ? new LeaseReceipt(false, refusal) : receipt;
            }

            if (uploads > 0)
            {
                // It was taken and is gone: the server began anew, or is confused.
                await Task.Delay(Backoff.Delay(uploads, Random.Shared.NextDouble(), null), time, cancellationToken);
            }

            output ??= Output(report);
            try
            {
                await SendAsync(
                    "Handing in an output",
                    async (token, inner) =>
                    {
                        await http.SendAsync(output with { Token = token }, inner);
                        return true;
                    },
                    cancellationToken);
            }
            catch (NodeCallException exception)
            {
                refusal = exception.Code;
            }
        }
    }

    /// <summary>Says once that nothing comes of a lease.</summary>
    public async Task GiveBackAsync(Guid lease, CancellationToken cancellationToken)
    {
        var result = NodeCall.Post(
            $"leases/{lease}/result", new ResultRequest { Inconclusive = InconclusiveReason.Cancelled.ToName(), WallTimeMicroseconds = 0 }, VcpJson.Default.ResultRequest);
        try
        {
            await _places.WaitAsync(cancellationToken);
            try
            {
                await calls.OnceAsync((token, inner) => http.SendAsync(result with { Token = token }, MostReceiptBytes, VcpJson.Default.LeaseReceipt, inner), cancellationToken);
            }
            finally
            {
                _places.Release();
            }
        }
        catch (Exception exception) when (exception is NodeCallException or OperationCanceledException)
        {
            // It expires.
        }
    }

    public void Dispose() => _places.Dispose();

    private static NodeCall Output(LeaseReport report)
    {
        var content = ResultContentCodec.Encode(ResultContent.From(report));
        return new NodeCall(HttpMethod.Put, $"leases/{report.Lease}/output") { Body = content, MediaType = MediaTypes.Cbor, Timeout = TimeoutFor(content.Length) };
    }

    private static ResultRequest ToRequest(LeaseReport report) => new()
    {
        Statement = report.Statement,
        Inconclusive = report.Inconclusive,
        Divergence = report.Divergence,
        WallTimeMicroseconds = (long)report.WallTime.TotalMicroseconds,
        CacheHit = report.CacheHit,
        EnergyJoules = report.EnergyJoules,
    };

    private Task<T> SendAsync<T>(string what, Func<string, CancellationToken, Task<T>> call, CancellationToken cancellationToken) => calls.UntilAnsweredAsync(
        what,
        async (token, inner) =>
        {
            await _places.WaitAsync(inner);
            try
            {
                return await call(token, inner);
            }
            finally
            {
                _places.Release();
            }
        },
        cancellationToken);
}
