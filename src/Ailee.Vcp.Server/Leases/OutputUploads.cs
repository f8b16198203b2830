using Ailee.Vcp.Client.Mesh;
using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Server.Http;

namespace Ailee.Vcp.Server.Leases;

/// <summary>Reads the outputs that nodes hand in: no more than the task allows, and no more at once than there is memory for. Thread-safe.</summary>
internal sealed class OutputUploads
{
    // Kept leaves of a trace, the hashes of all, and what the encoding adds.
    private const long TraceBytes = 80L * 1024 * 1024;
    private const long EncodingBytes = 4L * 1024 * 1024;
    private const long MostAtOnceBytes = 512L * 1024 * 1024;

    private long _reserved;

    /// <summary>The content, or why there is none.</summary>
    public async Task<(ResultContent? Content, Problem? Problem)> ReadAsync(HttpRequest request, DeterministicLimits limits, CancellationToken cancellationToken)
    {
        var most = limits.StdoutBytes + limits.StderrBytes + limits.ScratchBytes + TraceBytes + EncodingBytes;
        if (request.ContentLength is not { } length)
        {
            return (null, Problems.MalformedRequest.Because("The length of the output must be told (Content-Length)."));
        }

        if (length > most)
        {
            return (null, Problems.BodyTooLarge.Because($"No output of this task has more than {most} bytes."));
        }

        if (!TryReserve(length))
        {
            return (null, Problems.UploadsBusy.Because("Try again in a moment.") with { RetryAfterSeconds = 1 });
        }

        try
        {
            var bytes = new byte[length];
            await request.Body.ReadExactlyAsync(bytes, cancellationToken);
            return ResultContentCodec.TryDecode(bytes, most, out var content, out var fault)
                ? (content, null)
                : (null, Problems.MalformedRequest.Because($"The output is not what it must be: {fault.Detail}"));
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
