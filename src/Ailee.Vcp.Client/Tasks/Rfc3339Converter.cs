using System.Text.Json;
using System.Text.Json.Serialization;

namespace Ailee.Vcp.Client.Tasks;

/// <summary>
/// Times of RFC 3339. The serializer's own reader takes ISO 8601 without an offset too and then adds the reading machine's, so
/// that the same request would be another run elsewhere.
/// </summary>
internal sealed class Rfc3339Converter : JsonConverter<DateTimeOffset>
{
    /// <inheritdoc/>
    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var text = reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
        var hasOffset = text is { Length: > 16 } && (text.EndsWith('Z') || text[^6] is '+' or '-');
        return hasOffset && reader.TryGetDateTimeOffset(out var time) ? time : throw new JsonException();
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) => writer.WriteStringValue(value);
}
