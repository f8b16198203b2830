using Ailee.Vcp.Client.Mesh;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Execution;
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

    // So that one node does not keep the others waiting. One of its outputs is let through, however large.
    private const long MostOfNodeBytes = MostAtOnceBytes / 4;

    private readonly Lock _lock = new();
    private readonly Dictionary<NodeId, long> _reserved = [];

    /// <summary>Reads the content and has it taken in. The memory that it takes is counted until then.</summary>
    /// <param name="node">Who hands it in.</param>
    /// <param name="request">The call.</param>
    /// <param name="limits">The task's.</param>
    /// <param name="take">Takes it in.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>Why not, or null.</returns>
    public async Task<Problem?> TakeAsync(NodeId node, HttpRequest request, DeterministicLimits limits, Func<ResultContent, Task<Problem?>> take, CancellationToken cancellationToken)
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
            var bytes = new byte[length];
            await request.Body.ReadExactlyAsync(bytes, cancellationToken);
            return ResultContentCodec.TryDecode(bytes, most, out var content, out var fault)
                ? await take(content)
                : Problems.MalformedRequest.Because($"The output is not what it must be: {fault.Detail}");
        }
        finally
        {
            Release(node, length);
        }
    }

    private bool TryReserve(NodeId node, long bytes)
    {
        lock (_lock)
        {
            var own = _reserved.GetValueOrDefault(node);
            if ((own > 0 && own + bytes > MostOfNodeBytes) || (_reserved.Count > 0 && _reserved.Values.Sum() + bytes > MostAtOnceBytes))
            {
                return false;
            }

            _reserved[node] = own + bytes;
            return true;
        }
    }

    private void Release(NodeId node, long bytes)
    {
        lock (_lock)
        {
            if ((_reserved[node] -= bytes) == 0)
            {
                _reserved.Remove(node);
            }
        }
    }
}
