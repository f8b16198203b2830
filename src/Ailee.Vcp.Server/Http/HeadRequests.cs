using Microsoft.AspNetCore.Http.Metadata;

namespace Ailee.Vcp.Server.Http;

/// <summary>HEAD where GET is (RFC 9110 §9.3.2): the same answer without its body, which Kestrel leaves out. Streams of events have none.</summary>
internal static class HeadRequests
{
    private const string EventStream = "text/event-stream";

    public static TBuilder WithHead<TBuilder>(this TBuilder calls)
        where TBuilder : IEndpointConventionBuilder
    {
        // Last of all, when it is known what a call answers.
        calls.Finally(static call =>
        {
            var isStream = call.Metadata.OfType<IProducesResponseTypeMetadata>().Any(answer => answer.ContentTypes.Contains(EventStream));
            if (!isStream && call.Metadata.OfType<HttpMethodMetadata>().LastOrDefault() is { } methods && methods.HttpMethods.Contains(HttpMethods.Get))
            {
                call.Metadata.Add(new HttpMethodMetadata([.. methods.HttpMethods, HttpMethods.Head]));
            }
        });
        return calls;
    }
}
