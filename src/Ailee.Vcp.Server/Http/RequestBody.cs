using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Ailee.Vcp.Client;
using Microsoft.Net.Http.Headers;

namespace Ailee.Vcp.Server.Http;

/// <summary>Reading bodies whole, after the server has bounded them (<see cref="Microsoft.AspNetCore.Mvc.RequestSizeLimitAttribute"/>).</summary>
internal static class RequestBody
{
    /// <summary>Values that JSON may have where <see cref="CheckValues"/> is asked; beginnings and ends of arrays and objects count, and names of members.</summary>
    public const int MostValues = 1 << 18;

    /// <summary>The body's bytes; too many become a 413 by way of <see cref="BadHttpRequestException"/>.</summary>
    public static async Task<ReadOnlyMemory<byte>> ReadBytesAsync(this HttpRequest request, CancellationToken cancellationToken) =>
        (await request.ReadBytesAsync(_ => null, cancellationToken)).Bytes;

    /// <summary>The body's bytes, unless something speaks against them while they arrive.</summary>
    /// <param name="request">The request.</param>
    /// <param name="check">Given how many there are so far, says what does, or null.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static async Task<(ReadOnlyMemory<byte> Bytes, Problem? Problem)> ReadBytesAsync(this HttpRequest request, Func<long, Problem?> check, CancellationToken cancellationToken)
    {
        var (reader, bytes, length) = (request.BodyReader, Array.Empty<byte>(), 0);
        while (true)
        {
            var part = await reader.ReadAsync(cancellationToken);
            var needed = checked(length + (int)part.Buffer.Length);
            if (check(needed) is { } problem)
            {
                reader.AdvanceTo(part.Buffer.End);
                return (default, problem);
            }

            if (needed > bytes.Length)
            {
                Array.Resize(ref bytes, Capacity(needed, request.ContentLength, isWhole: part.IsCompleted));
            }

            part.Buffer.CopyTo(bytes.AsSpan(length));
            length = needed;
            reader.AdvanceTo(part.Buffer.End);
            if (part.IsCompleted)
            {
                return (bytes.AsMemory(0, length), null);
            }
        }
    }

    /// <summary>The media type without parameters, lowercase; null if there is none.</summary>
    public static string? MediaType(this HttpRequest request) =>
        MediaTypeHeaderValue.TryParse(request.ContentType, out var parsed) ? parsed.MediaType.Value?.ToLowerInvariant() : null;

    /// <summary>Refuses JSON of more values than may be: each becomes an object that is many times as large.</summary>
    /// <param name="body">The JSON. What is none is for whoever reads it to refuse.</param>
    public static Problem? CheckValues(ReadOnlySpan<byte> body)
    {
        // A value has a byte at least, and something that parts it from the next.
        if (body.Length <= MostValues)
        {
            return null;
        }

        var reader = new Utf8JsonReader(body);
        try
        {
            for (var values = 0; reader.Read();)
            {
                if (++values > MostValues)
                {
                    return Problems.BodyTooLarge.Because($"A body may have {MostValues} JSON values and names of members.");
                }
            }
        }
        catch (JsonException)
        {
            return null;
        }

        return null;
    }

    /// <summary>Reads JSON strictly.</summary>
    public static Problem? TryDeserialize<T>(ReadOnlySpan<byte> body, JsonTypeInfo<T> type, out T value)
        where T : class
    {
        value = null!;
        try
        {
            value = JsonSerializer.Deserialize(body, type)!;
            return value is null ? Problems.MalformedJson.Because("The body must be an object.") : null;
        }
        catch (JsonException exception)
        {
            return Problems.MalformedJson.Because(Explain(exception));
        }
    }

    /// <summary>Reads a small JSON body strictly.</summary>
    public static async Task<(T? Value, Problem? Problem)> ReadJsonAsync<T>(this HttpRequest request, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        where T : class
    {
        if (request.RequireJson() is { } unsupported)
        {
            return (null, unsupported);
        }

        var body = await request.ReadBytesAsync(cancellationToken);
        var problem = TryDeserialize(body.Span, type, out var value);
        return (value, problem);
    }

    /// <summary>A 415 for a call that takes JSON only.</summary>
    public static Problem? RequireJson(this HttpRequest request) =>
        request.MediaType() == MediaTypes.Json ? null : Problems.UnsupportedMediaType.Because($"This call takes {MediaTypes.Json}.");

    // A length that is only announced costs nothing: at most twice what has arrived.
    private static int Capacity(int arrived, long? announced, bool isWhole) =>
        isWhole ? arrived : (int)Math.Clamp(Math.Min(2L * arrived, announced ?? long.MaxValue), arrived, Array.MaxLength);

    // Where it is wrong is useful and ours to tell; the serializer's own sentence names types of this program.
    private static string Explain(JsonException exception) =>
        exception.Path is { Length: > 1 } path ? $"{path[2..]} is unknown, missing or of the wrong type."
        : exception.LineNumber is { } line ? $"Line {line + 1}, byte {exception.BytePositionInLine + 1}: not the JSON that this call takes."
        : "The body is not the JSON that this call takes, or a required member is missing.";
}
