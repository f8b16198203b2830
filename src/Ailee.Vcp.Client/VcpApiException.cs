using System.Net;

namespace Ailee.Vcp.Client;

/// <summary>The server refused a request.</summary>
public sealed class VcpApiException(HttpStatusCode status, string code, string detail) : Exception($"{detail} ({code})")
{
    /// <summary>HTTP status.</summary>
    public HttpStatusCode Status { get; } = status;

    /// <summary>Stable code, or <c>unknown</c> if the answer was not ours.</summary>
    public string Code { get; } = code;

    /// <summary>A sentence for people.</summary>
    public string Detail { get; } = detail;
}
