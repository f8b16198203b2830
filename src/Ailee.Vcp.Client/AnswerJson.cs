using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Ailee.Vcp.Client;

/// <summary>Reads answers of a server that nobody has to trust: what the contract always has must be there, and no list has null in it.</summary>
internal static class AnswerJson
{
    /// <summary>Of the contract, and stricter.</summary>
    public static JsonSerializerOptions Options { get; } = new(VcpJson.Default.Options) { TypeInfoResolver = VcpJson.Default.WithAddedModifier(Require) };

    /// <exception cref="JsonException">It is no answer of this type.</exception>
    public static async Task<T> ReadAsync<T>(Stream json, JsonTypeInfo<T> type, CancellationToken cancellationToken) =>
        await JsonSerializer.DeserializeAsync(json, (JsonTypeInfo<T>)Options.GetTypeInfo(type.Type), cancellationToken) ?? throw new JsonException("The server answered null.");

    // Not in the contract's own options: what is null is absent there, and the same records are requests, which may leave out more.
    private static void Require(JsonTypeInfo type)
    {
        if (type.Kind != JsonTypeInfoKind.Object)
        {
            return;
        }

        foreach (var property in type.Properties)
        {
            property.IsRequired |= property.AssociatedParameter is { IsMemberInitializer: false, HasDefaultValue: false, IsNullable: false } parameter
                && Nullable.GetUnderlyingType(parameter.ParameterType) is null;
        }

        type.OnDeserialized += answer =>
        {
            // Nullable annotations are checked of members, not of what is in a list.
            if (type.Properties.FirstOrDefault(property => property.Get?.Invoke(answer) is IEnumerable<object?> list && list.Contains(null)) is { } holed)
            {
                throw new JsonException($"There is null in the list '{holed.Name}'.");
            }
        };
    }
}
