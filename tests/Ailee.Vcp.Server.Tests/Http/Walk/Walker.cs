using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Ailee.Vcp.Client;
using Ailee.Vcp.Server.Http;

namespace Ailee.Vcp.Server.Tests.Http.Walk;

/// <summary>Sends requests and judges the answers by the document.</summary>
internal sealed class Walker(Uri server, ApiSchema schemas) : IDisposable
{
    // Kestrel's own limits: what is beyond them is answered before there is a request, so without a body.
    private const int LongTarget = 8000;
    private const int LongHeaders = 30_000;

    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8, Expect100ContinueTimeout = TimeSpan.FromSeconds(10) })
    {
        Timeout = TimeSpan.FromSeconds(40),
    };

    public int Count { get; private set; }

    public SortedDictionary<string, int> Statuses { get; } = new(StringComparer.Ordinal);

    public List<string> Failures { get; } = [];

    /// <summary>Operations that succeeded at least once.</summary>
    public HashSet<string> Succeeded { get; } = [];

    /// <summary>Sends it, notes what is wrong, and returns the status.</summary>
    public async Task<HttpStatusCode> SendAsync(ApiOperation operation, WalkCall call)
    {
        using var message = Message(operation.Method, call);
        Count++;
        try
        {
            using var response = await _http.SendAsync(message);
            var body = await response.Content.ReadAsByteArrayAsync();
            var status = (int)response.StatusCode;
            Statuses[$"{status}"] = Statuses.GetValueOrDefault($"{status}") + 1;
            if (response.IsSuccessStatusCode)
            {
                Succeeded.Add(operation.Name);
            }

            if (Judge(operation, call, response, body) is { } problem)
            {
                Failures.Add($"{operation.Name} {call}: {status} {problem}");
            }

            return response.StatusCode;
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException or IOException)
        {
            Failures.Add($"{operation.Name} {call}: {exception.GetType().Name} {exception.Message} {exception.InnerException?.Message}");
            return 0;
        }
    }

    public void Dispose() => _http.Dispose();

    private HttpRequestMessage Message(string method, WalkCall call)
    {
        // As it stands: dots, percents and all.
        var target = new Uri(server.GetLeftPart(UriPartial.Authority) + call.Target, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        var message = new HttpRequestMessage(new HttpMethod(method), target);
        if (call.Body is not null)
        {
            message.Content = call.IsChunked ? new StreamContent(new MemoryStream(call.Body)) : new ByteArrayContent(call.Body);
            // An early refusal of a large body could be lost in the broken connection.
            message.Headers.ExpectContinue = call.Body.Length > 60_000;
            message.Headers.TransferEncodingChunked = call.IsChunked;
            if (call.MediaType is not null)
            {
                message.Content.Headers.TryAddWithoutValidation("Content-Type", call.MediaType);
            }
        }

        if (call.Token is not null)
        {
            message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", call.Token);
        }

        foreach (var (name, value) in call.Headers)
        {
            if (name == "Authorization")
            {
                message.Headers.Remove(name);
            }

            if (!message.Headers.TryAddWithoutValidation(name, value))
            {
                message.Content?.Headers.TryAddWithoutValidation(name, value);
            }
        }

        return message;
    }

    private string? Judge(ApiOperation operation, WalkCall call, HttpResponseMessage response, byte[] body)
    {
        var (status, mediaType) = ((int)response.StatusCode, response.Content.Headers.ContentType?.MediaType);
        if (status is 400 or 414 or 431 && mediaType is null && body.Length == 0)
        {
            return call.Target.Contains("%00", StringComparison.Ordinal) || call.Target.Length > LongTarget || call.Headers.Sum(header => header.Value.Length) > LongHeaders ? null : "has no problem";
        }

        if (status >= 400 && mediaType == MediaTypes.Problem)
        {
            if (ProblemProblem(response, body) is { } wrong)
            {
                return wrong;
            }
        }
        else if (status >= 400 && operation.Answers.GetValueOrDefault(status)?.ContainsKey(mediaType ?? string.Empty) is not true)
        {
            return $"is no problem but {mediaType}: {Text(body)}";
        }

        return call.IsRerouted ? null
            : !operation.Answers.TryGetValue(status, out var documented) ? $"is not documented: {Text(body)}"
            : body.Length == 0 && (documented.Count == 0 || status < 300) ? null
            : !documented.TryGetValue(mediaType ?? string.Empty, out var schema) ? $"{mediaType} is not documented"
            : mediaType == MediaTypes.Json && schemas.Problem(schema, JsonDocument.Parse(body).RootElement) is { } misfit ? $"does not fit the document: {misfit}"
            : null;
    }

    private static string? ProblemProblem(HttpResponseMessage response, byte[] body)
    {
        var problem = JsonSerializer.Deserialize(body, VcpJson.Default.ProblemView)!;
        var kind = Problems.All.SingleOrDefault(kind => kind.Code == problem.Code);
        return kind is null || kind.Status != (int)response.StatusCode || problem.Status != kind.Status ? $"has a code that it should not have: {Text(body)}"
            : string.IsNullOrWhiteSpace(problem.Detail) ? "has no detail"
            : kind.Status is >= 500 and not 503 ? $"failed: {Text(body)}"
            : kind.Status == 503 && response.Headers.RetryAfter is null ? $"has no Retry-After: {Text(body)}"
            : null;
    }

    private static string Text(byte[] body) => Encoding.UTF8.GetString(body.AsSpan(0, Math.Min(body.Length, 300)));
}

/// <summary>A request, but for its method.</summary>
/// <param name="Target">Path and query, as they are sent.</param>
internal sealed record WalkCall(string Target)
{
    public byte[]? Body { get; init; }

    public string? MediaType { get; init; }

    /// <summary>Sent in chunks, without a length.</summary>
    public bool IsChunked { get; init; }

    public string? Token { get; init; }

    public IReadOnlyList<(string Name, string Value)> Headers { get; init; } = [];

    /// <summary>Whether the target may be one of another operation, or of none.</summary>
    public bool IsRerouted { get; init; }

    public override string ToString() => Shorten(Target)
        + string.Concat(Headers.Select(header => $" {header.Name}: {Shorten(header.Value)}"))
        + (Body is null ? string.Empty : $" {MediaType} {Shorten(Encoding.UTF8.GetString(Body.AsSpan(0, Math.Min(Body.Length, 400))))}");

    private static string Shorten(string text) => text.Length <= 300 ? text : $"{text[..280]}… ({text.Length})";
}
