using System.Globalization;
using Ailee.Vcp.Core;
using Ailee.Vcp.Sandbox;
using Ailee.Vcp.Server.Auth;
using Ailee.Vcp.Server.Http;

namespace Ailee.Vcp.Server.Tasks;

/// <summary>What calls that submit tasks have in common.</summary>
internal static class TaskCalls
{
    private const int MaxIdempotencyKey = 255;

    /// <summary>Longest body. Base64 and JSON escapes make the input longer than it is.</summary>
    public static long MostBodyBytes(SandboxOptions options) => (options.InputBytes * 2L) + (64 * 1024);

    /// <summary>What is wrong with the header, if it is there.</summary>
    public static Problem? CheckIdempotencyKey(HttpRequest request)
    {
        var values = request.Headers["Idempotency-Key"];
        return values.Count == 0 || (values is [{ Length: > 0 and <= MaxIdempotencyKey } key] && key.All(char.IsAscii))
            ? null
            : Problems.MalformedRequest.Because($"Idempotency-Key must be one value of 1 to {MaxIdempotencyKey} ASCII characters.");
    }

    /// <summary>What makes a repeated call the same task.</summary>
    /// <param name="context">The call.</param>
    /// <param name="body">The task as it was sent.</param>
    /// <param name="index">Its place in a batch; null if it came alone.</param>
    public static IdempotencyKey? Idempotency(HttpContext context, ReadOnlySpan<byte> body, int? index = null) =>
        context.Request.Headers["Idempotency-Key"] is [{ } key]
            // No header has a line end, so no key of a task that came alone is that of one in a batch.
            ? new IdempotencyKey(context.Caller().Tenant, index is null ? key : string.Create(CultureInfo.InvariantCulture, $"{key}\n{index}"), Digest.Of(body))
            : null;
}
