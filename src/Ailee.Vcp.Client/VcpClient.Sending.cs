using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Ailee.Vcp.Client;

/// <summary>How calls are made, and what is taken for an answer.</summary>
public sealed partial class VcpClient
{
    // Far above all that a server answers as JSON.
    private const long LargestJsonBytes = 64 * 1024 * 1024;

    private async Task<T> SendAsync<T>(HttpRequestMessage message, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(message, LargestJsonBytes, cancellationToken);
        return await AnswerJson.ReadAsync(await response.Content.ReadAsStreamAsync(cancellationToken), type, cancellationToken);
    }

    private async Task<byte[]> SendForBytesAsync(HttpRequestMessage message, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(message, long.MaxValue, cancellationToken);
        return await response.Content.ReadAsByteArrayAsync(cancellationToken);
    }

    private Task<HttpResponseMessage> SendAsync(HttpRequestMessage message, CancellationToken cancellationToken) => SendAsync(message, LargestJsonBytes, cancellationToken);

    // The whole answer, at most so long, and within the time that the connection's owner gives.
    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage message, long mostBytes, CancellationToken cancellationToken)
    {
        using (message)
        {
            using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            end.CancelAfter(http.Timeout);
            var response = await http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, end.Token);
            try
            {
                await BufferAsync(response.Content, response.IsSuccessStatusCode ? mostBytes : LargestJsonBytes, end.Token);
                return response.IsSuccessStatusCode ? response : throw await ProblemAsync(response, cancellationToken);
            }
            catch
            {
                response.Dispose();
                throw;
            }
        }
    }

    private async Task BufferAsync(HttpContent content, long mostBytes, CancellationToken cancellationToken)
    {
        var most = Math.Min(mostBytes, http.MaxResponseContentBufferSize);
        try
        {
            await content.LoadIntoBufferAsync(most, cancellationToken);
        }
        catch (HttpRequestException exception) when (exception.HttpRequestError == HttpRequestError.ConfigurationLimitExceeded)
        {
            throw new JsonException($"It is longer than {most} bytes.", exception);
        }
    }

    private static async Task<VcpApiException> ProblemAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if ((int)response.StatusCode is >= 300 and < 400 && response.Headers.Location is { } location)
        {
            return new VcpApiException(response.StatusCode, "unknown", $"The server answered {(int)response.StatusCode} and sends to {location}, which is not followed.");
        }

        if (response.Content.Headers.ContentType?.MediaType == MediaTypes.Problem)
        {
            try
            {
                var problem = JsonSerializer.Deserialize<ProblemView>(await response.Content.ReadAsByteArrayAsync(cancellationToken), JsonSerializerOptions.Web);
                return new VcpApiException(response.StatusCode, problem?.Code ?? "unknown", problem?.Detail ?? problem?.Title ?? "The server refused.");
            }
            catch (JsonException)
            {
                // Something between us and the server mangled it; the status still says that it was refused.
            }
        }

        return new VcpApiException(response.StatusCode, "unknown", $"The server answered {(int)response.StatusCode}.");
    }
}
