using Ailee.Vcp.Server.Auth;
using Ailee.Vcp.Server.Http;
using Ailee.Vcp.Server.Nodes;

namespace Ailee.Vcp.Server.Tls;

/// <summary>Where nodes need a certificate, their calls come over TLS with one; others need none. It opens nothing by itself: tokens and signatures are needed as without.</summary>
internal sealed class NodeCertificateCheck(RequestDelegate next, NodeAuthorities authorities)
{
    public Task InvokeAsync(HttpContext context) =>
        !authorities.AreNeeded || !IsOfNode(context.GetEndpoint()) || authorities.IsOfNode(context.Connection.ClientCertificate)
            ? next(context)
            : context.WriteAsync(Problems.NodeCertificateNeeded.Because("Connect over TLS with a client certificate of an authority that this server names in Tls:NodeAuthorities."));

    private static bool IsOfNode(Endpoint? endpoint) =>
        endpoint?.Metadata.GetMetadata<NeedsNodeSession>() is not null || endpoint?.Metadata.GetMetadata<JoinsNodes>() is not null;
}
