using System.Net;
using System.Text;
using System.Text.Json;
using Ailee.Vcp.Client;

namespace Ailee.Vcp.Crash.Nodes;

/// <summary>The server refused a node's call.</summary>
internal sealed class NodeRefusal(HttpStatusCode status, string code, string message) : Exception(message)
{
    public HttpStatusCode Status => status;

    public string Code => code;

    public static NodeRefusal Of(HttpResponseMessage response, byte[] body)
    {
        var code = response.Content.Headers.ContentType?.MediaType == MediaTypes.Problem ? JsonSerializer.Deserialize(body, VcpJson.Default.ProblemView)?.Code ?? "no code" : "no problem body";
        return new NodeRefusal(response.StatusCode, code, $"{response.RequestMessage?.Method} {response.RequestMessage?.RequestUri?.AbsolutePath} was answered {(int)response.StatusCode} {code}: {Encoding.UTF8.GetString(body)}");
    }
}
