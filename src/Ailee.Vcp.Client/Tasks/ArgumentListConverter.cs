using System.Text.Json;
using System.Text.Json.Serialization;

namespace Ailee.Vcp.Client.Tasks;

/// <summary>Reads arguments with an end: each element costs far more memory than its text, so a long list is refused while it is read.</summary>
internal sealed class ArgumentListConverter : JsonConverter<IReadOnlyList<JsonElement>>
{
    private const int MaxArguments = 16_384;

    public override IReadOnlyList<JsonElement> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw new JsonException();
        }

        var arguments = new List<JsonElement>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (arguments.Count == MaxArguments)
            {
                throw new JsonException();
            }

            arguments.Add(JsonElement.ParseValue(ref reader));
        }

        return arguments;
    }

    public override void Write(Utf8JsonWriter writer, IReadOnlyList<JsonElement> value, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        foreach (var argument in value)
        {
            argument.WriteTo(writer);
        }

        writer.WriteEndArray();
    }
}
