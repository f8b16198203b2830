using System.Reflection;
using System.Text.Json;
using Ailee.Vcp.Client;
using Ailee.Vcp.Client.Mesh;
using Ailee.Vcp.Core;
using Microsoft.AspNetCore.Http.Metadata;

namespace Ailee.Vcp.Server.Telemetry;

/// <summary>A heartbeat's answer. The time of the probe in it is taken when its bytes are ready to go.</summary>
internal sealed class HeartbeatAnswer(NodeId node, HeartbeatReply reply, ProbeService probes) : IResult, IEndpointMetadataProvider
{
    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) =>
        builder.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status200OK, typeof(HeartbeatReply), [MediaTypes.Json]));

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        var body = JsonSerializer.SerializeToUtf8Bytes(reply, VcpJson.Default.HeartbeatReply);
        response.ContentType = MediaTypes.Json;
        response.ContentLength = body.Length;
        // Before the write, not after it: a quick node's probe could be here sooner than the end of the write is.
        if (reply.Probe is { } probe)
        {
            probes.Left(node, probe.Id);
        }

        await response.Body.WriteAsync(body, httpContext.RequestAborted);
    }
}
