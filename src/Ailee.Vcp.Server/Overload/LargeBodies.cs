using Ailee.Vcp.Sandbox;
using Ailee.Vcp.Server.Auth;
using Ailee.Vcp.Server.Http;
using Ailee.Vcp.Server.Tasks;
using Microsoft.Extensions.Options;

namespace Ailee.Vcp.Server.Overload;

/// <summary>
/// Reads bodies that may be longer than those of other calls, and bounds what all of them take together: such a body has a place for each
/// MiB of it, taken before it is read if its length is told, or as it arrives. Thread-safe.
/// </summary>
internal sealed class LargeBodies(IOptions<SandboxOptions> options, TimeProvider time)
{
    /// <summary>Bytes of a place.</summary>
    public const int PlaceBytes = 1 << 20;

    private const long LeastPlaces = 256;

    // One caller alone has half of the places, and must be able to send the longest.
    private const long LongestBodies = 4;

    private readonly long _longest = LongestOf(options.Value);

    /// <summary>The places.</summary>
    public WorkPlaces Places { get; } = new((int)Math.Max(LeastPlaces, LongestBodies * LargeBody.PlacesOf(LongestOf(options.Value))), Problems.Overloaded, time);

    /// <summary>Reads the body. What it takes is counted until the result is disposed.</summary>
    public async Task<LargeBody> ReadAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var request = context.Request;
        var body = new LargeBody(Places, WorkPlaces.ShareOf(context.Caller()));
        if (request.ContentLength <= ConnectionLimits.BodyBytes)
        {
            body.Bytes = await request.ReadBytesAsync(cancellationToken);
            return body;
        }

        try
        {
            // All of them at once: otherwise what came late would push out what is nearly there.
            if (body.TryHold(Math.Min(request.ContentLength ?? 0, _longest)) is { } full)
            {
                body.Problem = full;
                return body;
            }

            var length = Math.Min(request.ContentLength ?? _longest, _longest);
            var ((bytes, busy), late) = await BodyDeadline.ReadAsync(token => request.ReadBytesAsync(body.TryHold, token), length, time, cancellationToken);
            (body.Bytes, body.Problem) = (bytes, late ?? busy);
            return body;
        }
        catch
        {
            body.Dispose();
            throw;
        }
    }

    private static long LongestOf(SandboxOptions options) => Math.Max(options.ModuleBytes, TaskCalls.MostBodyBytes(options));
}

/// <summary>A body that was read, and the places that it has.</summary>
internal sealed class LargeBody(WorkPlaces places, string? caller) : IDisposable
{
    private int _held;

    /// <summary>The body.</summary>
    public ReadOnlyMemory<byte> Bytes { get; set; }

    /// <summary>Why it was not read; null if it was.</summary>
    public Problem? Problem { get; set; }

    /// <summary>Places for so many bytes: none if every call may send as many.</summary>
    public static long PlacesOf(long bytes) => bytes <= ConnectionLimits.BodyBytes ? 0 : (bytes + LargeBodies.PlaceBytes - 1) / LargeBodies.PlaceBytes;

    /// <summary>Takes the places for so many bytes, or for more.</summary>
    /// <returns>Why there are none, or null.</returns>
    public Problem? TryHold(long bytes)
    {
        for (var needed = PlacesOf(bytes); _held < needed; _held++)
        {
            if (places.TryTake(caller) is { } busy)
            {
                return busy;
            }
        }

        return null;
    }

    public void Dispose()
    {
        for (; _held > 0; _held--)
        {
            places.GiveBack(caller);
        }
    }
}
