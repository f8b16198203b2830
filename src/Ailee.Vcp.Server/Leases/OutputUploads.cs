using Ailee.Vcp.Client.Mesh;
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

        if (!TryReserve(length))
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
            Interlocked.Add(ref _reserved, -length);
        }
    }

    private bool TryReserve(long bytes)
    {
        // One is always let through, however large.
        if (Interlocked.Add(ref _reserved, bytes) <= MostAtOnceBytes || Volatile.Read(ref _reserved) == bytes)
        {
            return true;
        }

        Interlocked.Add(ref _reserved, -bytes);
        return false;
    }
}
