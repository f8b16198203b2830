using System.Net;
using System.Text;

namespace Ailee.Vcp.Client.Tests;

/// <summary>A server that keeps what it was asked and answers what the test wants.</summary>
internal sealed class StubServer : HttpMessageHandler
{
    public HttpStatusCode Status { get; set; } = HttpStatusCode.OK;

    public string Body { get; set; } = "{}";

    public string MediaType { get; set; } = "application/json";

    /// <summary>Where it sends to.</summary>
    public Uri? Location { get; set; }

    public Exception? Failure { get; set; }

    public string? Method { get; private set; }

    public string? PathAndQuery { get; private set; }

    public Dictionary<string, string> Headers { get; private set; } = [];

    public byte[] Sent { get; private set; } = [];

    public VcpClient Client(string address = "http://vcp.test/") => new(new HttpClient(this) { BaseAddress = new Uri(address) });

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        (Method, PathAndQuery) = (request.Method.Method, request.RequestUri!.PathAndQuery);
        Headers = request.Headers.Concat(request.Content?.Headers ?? Enumerable.Empty<KeyValuePair<string, IEnumerable<string>>>())
            .ToDictionary(header => header.Key, header => string.Join(", ", header.Value));
        Sent = request.Content is null ? [] : await request.Content.ReadAsByteArrayAsync(cancellationToken);
        if (Failure is not null)
        {
            throw Failure;
        }

        var answer = new HttpResponseMessage(Status) { Content = new StringContent(Body, Encoding.UTF8, MediaType) };
        answer.Headers.Location = Location;
        return answer;
    }
}
