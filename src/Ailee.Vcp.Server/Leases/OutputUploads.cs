using Ailee.Vcp.Client.Mesh;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Server.Auth;
using Ailee.Vcp.Server.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Ailee.Vcp.Server.Leases;

/// <summary>Reads the outputs that nodes hand in: no more than the task allows, and no more at once than there is memory for. Thread-safe.</summary>
internal sealed class OutputUploads
{
    // Kept leaves of a trace, the hashes of all, and what the encoding adds.
    private const long TraceBytes = 80L * 1024 * 1024;
    private const long EncodingBytes = 4L * 1024 * 1024;
    private const long MostAtOnceBytes = 512L * 1024 * 1024;

    private static readonly MinDataRate SlowestBody = new(bytesPerSecond: 64 * 1024, gracePeriod: TimeSpan.FromSeconds(10));

    private readonly Lock _lock = new();
    private readonly Dictionary<NodeId, long> _byNode = [];
    private long _reserved;

    /// <summary>Reads the content and has it taken in. The memory that it takes is counted until then.</summary>
    /// <returns>Why not, or null.</returns>
    public async Task<Problem?> TakeAsync(HttpRequest request, DeterministicLimits limits, Func<ResultContent, Task<Problem?>> take, CancellationToken cancellationToken)
    {
        var most = limits.StdoutBytes + limits.StderrBytes + limits.ScratchBytes + TraceBytes + EncodingBytes;
        if (request.ContentLength is not { } length)
        {
            return Problems.MalformedRequest.Because("The length of the output must be told (Content-Length).");
        }

        if (length > most)
        {
            return Problems.BodyTooLarge.Because($"No output of this task has more than {most} bytes.");
        }

        var node = request.HttpContext.CallingNode();
        if (!TryReserve(node, length))
        {
            return Problems.UploadsBusy.Because("Try again in a moment.") with { RetryAfterSeconds = 1 };
        }

        if (request.HttpContext.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate)
        {
            // Who sends slower would keep others waiting.
            rate.MinDataRate = SlowestBody;
        }

        try
        {
            var bytes = await request.ReadBytesAsync(cancellationToken);
            return ResultContentCodec.TryDecode(bytes, most, out var content, out var fault)
                ? await take(content)
                : Problems.MalformedRequest.Because($"The output is not what it must be: {fault.Detail}");
        }
        finally
        {
            GiveBack(node, length);
        }
    }

    /// <summary>Counts bytes of a node: one output of each as far as there is memory, and more only while as much is left for others.</summary>
    public bool TryReserve(NodeId node, long bytes)
    {
        lock (_lock)
        {
            var own = _byNode.GetValueOrDefault(node);
            // One is always let through, however large.
            var fits = _reserved == 0 || (_reserved + bytes <= MostAtOnceBytes && (own == 0 || own + bytes <= MostAtOnceBytes - _reserved - bytes));
            if (fits)
            {
                _reserved += bytes;
                _byNode[node] = own + bytes;
            }

            return fits;
        }
    }

    /// <summary>Counts bytes no longer.</summary>
    public void GiveBack(NodeId node, long bytes)
    {
        lock (_lock)
        {
            _reserved -= bytes;
            if ((_byNode[node] -= bytes) == 0)
            {
                _byNode.Remove(node);
            }
        }
    }
}
