using Ailee.Vcp.Core;
using Microsoft.AspNetCore.Http.Headers;
using Microsoft.Net.Http.Headers;

namespace Ailee.Vcp.Server.Http;

/// <summary>
/// Stored bytes as an answer, whole or a range of them (RFC 9110 §14; several ranges are answered with the whole), with their digest
/// as a strong entity tag.
/// </summary>
/// <param name="content">The bytes; seekable, disposed after the answer.</param>
/// <param name="mediaType">What they are.</param>
/// <param name="digest">A digest that other bytes at this address would not have.</param>
/// <param name="fileName">Name under which a browser saves them.</param>
internal sealed class ContentAnswer(Stream content, string mediaType, Digest digest, string? fileName = null) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var (response, sizeBytes) = (httpContext.Response, content.Length);
        // Strangers wrote it: no browser may take it for a page of ours.
        response.Headers.XContentTypeOptions = "nosniff";
        if (IsToBeIgnored(httpContext.Request.GetTypedHeaders()))
        {
            httpContext.Request.Headers.Remove(HeaderNames.Range);
        }

        await TypedResults.Stream(content, mediaType, fileName, entityTag: new EntityTagHeaderValue($"\"{digest}\""), enableRangeProcessing: true)
            .ExecuteAsync(httpContext);
        var problem = response.StatusCode switch
        {
            StatusCodes.Status412PreconditionFailed => Problems.PreconditionFailed.Because($"It is {digest}."),
            StatusCodes.Status416RangeNotSatisfiable => Problems.RangeNotSatisfiable.Because($"It has {sizeBytes} bytes."),
            _ => null,
        };
        if (problem is not null)
        {
            response.ContentLength = null;
            response.Headers.ContentDisposition = default;
            await httpContext.WriteAsync(problem);
        }
    }

    // Of ranges, the framework takes any unit for bytes, and any condition that is no entity tag for fulfilled.
    private static bool IsToBeIgnored(RequestHeaders headers) =>
        headers.Range?.Unit.Equals("bytes", StringComparison.OrdinalIgnoreCase) == false
        || (headers.Headers.ContainsKey(HeaderNames.IfRange) && headers.IfRange?.EntityTag is null);
}
