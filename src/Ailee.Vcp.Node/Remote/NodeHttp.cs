using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Ailee.Vcp.Client;

namespace Ailee.Vcp.Node.Remote;

/// <summary>
/// Single calls to the server: bounded in time and in what is read of an answer. Whatever goes wrong is a
/// <see cref="NodeCallException"/>, but for the caller's own cancellation. Thread-safe.
/// </summary>
/// <param name="http">Owned; its base address is the server's.</param>
/// <param name="time">Measures the timeouts.</param>
internal sealed class NodeHttp(HttpClient http, TimeProvider time) : IDisposable
{
    private const string Root = "api/v1/";
    private const int BufferBytes = 64 * 1024;
    private const int MostProblemBytes = 64 * 1024;

    // Larger bodies wait for the server to say that it takes them.
    private const int LargeBodyBytes = 64 * 1024;

    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(60);

    /// <summary>Connections as a node wants them: no proxy and no redirects that nobody here asked for, and new ones now and then, so that a moved name is noticed.</summary>
    public static HttpClient Connect(Uri server, NodeTls? tls) => new(new SocketsHttpHandler
    {
        SslOptions = tls?.ToOptions() ?? new(),
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        ConnectTimeout = TimeSpan.FromSeconds(10),
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        PooledConnectionIdleTimeout = TimeSpan.FromMinutes(1),
    })
    {
        BaseAddress = server,
        Timeout = Timeout.InfiniteTimeSpan,
    };

    /// <summary>A call with a JSON answer.</summary>
    public Task<T> SendAsync<T>(NodeCall call, long maxAnswerBytes, JsonTypeInfo<T> answer, CancellationToken cancellationToken) => GuardAsync(
        call,
        async token =>
        {
            using var response = await RequestAsync(call, token);
            var bytes = new MemoryStream();
            await ReadAsync(response, bytes, maxAnswerBytes, () => { }, token);
            return JsonSerializer.Deserialize(bytes.GetBuffer().AsSpan(0, (int)bytes.Length), answer) ?? throw new JsonException("The answer is null.");
        },
        cancellationToken);

    /// <summary>A call whose answer has no content.</summary>
    public Task SendAsync(NodeCall call, CancellationToken cancellationToken) => GuardAsync(
        call,
        async token =>
        {
            using var response = await RequestAsync(call, token);
            return response.StatusCode == HttpStatusCode.NoContent ? response.StatusCode : throw NodeCallException.NoAnswer("The server's answer cannot be read: it should have no content.");
        },
        cancellationToken);

    /// <summary>Downloads to a stream. The timeout begins again with every part that comes.</summary>
    public async Task DownloadAsync(string path, string mediaType, string token, Stream destination, long maxBytes, CancellationToken cancellationToken)
    {
        using var pause = new CancellationTokenSource(LongestPause, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, pause.Token);
        var call = new NodeCall(HttpMethod.Get, path) { Token = token, Timeout = Timeout.InfiniteTimeSpan };
        await GuardAsync(
            call,
            async inner =>
            {
                using var response = await RequestAsync(call, inner);
                if (response.Content.Headers.ContentType?.MediaType is var given && given != mediaType)
                {
                    // A page of somebody on the way. Its bytes would be taken for a fault of the task.
                    throw NodeCallException.NoAnswer($"The server's answer cannot be read: it is {given ?? "of no type"}, not {mediaType}.");
                }

                await ReadAsync(response, destination, maxBytes, () => pause.CancelAfter(LongestPause), inner);
                return true;
            },
            either.Token,
            cancellationToken);
    }

    public void Dispose() => http.Dispose();

    private Task<T> GuardAsync<T>(NodeCall call, Func<CancellationToken, Task<T>> send, CancellationToken cancellationToken) => GuardAsync(call, send, cancellationToken, cancellationToken);

    private async Task<T> GuardAsync<T>(NodeCall call, Func<CancellationToken, Task<T>> send, CancellationToken ending, CancellationToken caller)
    {
        using var timer = new CancellationTokenSource(call.Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ending, timer.Token);
        try
        {
            return await send(either.Token);
        }
        catch (Exception) when (caller.IsCancellationRequested)
        {
            // Whatever broke, broke because of it.
            throw new OperationCanceledException(caller);
        }
        catch (OperationCanceledException)
        {
            throw NodeCallException.NoAnswer("The server did not answer in time.");
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            throw NodeCallException.NoAnswer($"The server cannot be reached: {exception.Message}");
        }
        catch (JsonException exception)
        {
            throw NodeCallException.NoAnswer($"The server's answer cannot be read: {exception.Message}");
        }
    }

    private async Task<HttpResponseMessage> RequestAsync(NodeCall call, CancellationToken cancellationToken)
    {
        using var message = new HttpRequestMessage(call.Method, Root + call.Path);
        if (call.Body is { } body)
        {
            message.Content = new ReadOnlyMemoryContent(body);
            message.Content.Headers.ContentType = new MediaTypeHeaderValue(call.MediaType);
            message.Headers.ExpectContinue = body.Length > LargeBodyBytes;
        }

        if (call.Token is { } token)
        {
            message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        var response = await http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        if (response.IsSuccessStatusCode)
        {
            return response;
        }

        using (response)
        {
            throw await RefusalAsync(response, cancellationToken);
        }
    }

    private static async Task ReadAsync(HttpResponseMessage response, Stream destination, long maxBytes, Action onPart, CancellationToken cancellationToken)
    {
        await using var source = await response.Content.ReadAsStreamAsync(cancellationToken);
        var buffer = new byte[BufferBytes];
        var total = 0L;
        while (await source.ReadAsync(buffer, cancellationToken) is > 0 and var read)
        {
            total += read;
            if (total > maxBytes)
            {
                throw NodeCallException.TooLarge(maxBytes);
            }

            onPart();
            await destination.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
        }
    }

    private static async Task<NodeCallException> RefusalAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var (code, detail) = (NodeCallException.UnknownCode, $"The server answered {(int)response.StatusCode}.");
        if (response.Content.Headers.ContentType?.MediaType == MediaTypes.Problem)
        {
            try
            {
                var bytes = new MemoryStream();
                await ReadAsync(response, bytes, MostProblemBytes, () => { }, cancellationToken);
                var problem = JsonSerializer.Deserialize(bytes.ToArray(), VcpJson.Default.ProblemView);
                (code, detail) = (problem?.Code ?? code, problem?.Detail ?? problem?.Title ?? detail);
            }
            catch (Exception exception) when (exception is JsonException or NodeCallException)
            {
                // Something on the way mangled it; the status still says that it was refused.
            }
        }

        return NodeCallException.Refused(response.StatusCode, code, detail, RetryAfter(response));
    }

    private static TimeSpan? RetryAfter(HttpResponseMessage response) =>
        response.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable ? response.Headers.RetryAfter?.Delta : null;
}

/// <summary>One call.</summary>
internal sealed record NodeCall(HttpMethod Method, string Path)
{
    /// <summary>Token of the session.</summary>
    public string? Token { get; init; }

    /// <summary>The body; null for none.</summary>
    public ReadOnlyMemory<byte>? Body { get; init; }

    /// <summary>Media type of <see cref="Body"/>.</summary>
    public string MediaType { get; init; } = MediaTypes.Json;

    /// <summary>How long the whole call may take. Default 30 s.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>A call with a JSON body.</summary>
    public static NodeCall Post<T>(string path, T body, JsonTypeInfo<T> type) => new(HttpMethod.Post, path) { Body = JsonSerializer.SerializeToUtf8Bytes(body, type) };
}
