using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ailee.Vcp.Server.Tests.Http.Walk;

/// <summary>As much of OpenAPI 3.0's schemas as the server's document uses.</summary>
internal sealed class ApiSchema(JsonNode document)
{
    private const string Reference = "#/components/schemas/";

    /// <summary>What does not fit, as a sentence with its place; null if all does.</summary>
    public string? Problem(JsonNode? schema, JsonElement value, string place = "$")
    {
        if (Resolve(schema) is not JsonObject rules || (rules.Count == 0))
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.Null)
        {
            return rules["nullable"]?.GetValue<bool>() is true ? null : $"{place} is null";
        }

        return rules["type"]?.GetValue<string>() switch
        {
            "object" => ObjectProblem(rules, value, place),
            "array" when value.ValueKind == JsonValueKind.Array =>
                value.EnumerateArray().Select((item, index) => Problem(rules["items"], item, $"{place}[{index}]")).FirstOrDefault(problem => problem is not null),
            "string" when value.ValueKind == JsonValueKind.String => null,
            "integer" when value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out _) => null,
            "number" when value.ValueKind == JsonValueKind.Number => null,
            "boolean" when value.ValueKind is JsonValueKind.True or JsonValueKind.False => null,
            null => null,
            var type => $"{place} is a {value.ValueKind}, not of type {type}",
        };
    }

    /// <summary>The members of an object's schema; none for any other.</summary>
    public IReadOnlyList<(string Name, JsonNode? Schema, bool IsRequired)> Members(JsonNode? schema)
    {
        var rules = Resolve(schema);
        var required = Required(rules);
        return [.. (rules?["properties"]?.AsObject() ?? []).Select(member => (member.Key, member.Value, required.Contains(member.Key)))];
    }

    /// <summary>A value of the schema with what it must have.</summary>
    public JsonNode Sample(JsonNode? schema)
    {
        var rules = Resolve(schema);
        switch (rules?["type"]?.GetValue<string>())
        {
            case "object":
                var made = new JsonObject();
                foreach (var (name, member, isRequired) in Members(rules))
                {
                    if (isRequired)
                    {
                        made[name] = Sample(member);
                    }
                }

                return made;
            case "array":
                return new JsonArray();
            case "integer" or "number":
                return JsonValue.Create(1);
            case "boolean":
                return JsonValue.Create(true);
            default:
                return JsonValue.Create(rules?["format"]?.GetValue<string>() switch
                {
                    "uuid" => "01890000-0000-7000-8000-000000000000",
                    "date-time" => "2026-01-01T00:00:00Z",
                    _ => "AAAA",
                });
        }
    }

    private string? ObjectProblem(JsonObject rules, JsonElement value, string place)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            return $"{place} is a {value.ValueKind}, not an object";
        }

        if (Required(rules).FirstOrDefault(name => !value.TryGetProperty(name, out _)) is { } missing)
        {
            return $"{place}.{missing} is missing";
        }

        foreach (var member in value.EnumerateObject())
        {
            var known = rules["properties"]?[member.Name];
            if (known is null && rules["additionalProperties"] is not JsonObject)
            {
                return $"{place}.{member.Name} is not in the document";
            }

            if (Problem(known ?? rules["additionalProperties"], member.Value, $"{place}.{member.Name}") is { } problem)
            {
                return problem;
            }
        }

        return null;
    }

    private static HashSet<string> Required(JsonNode? rules) => [.. (rules?["required"]?.AsArray() ?? []).Select(name => name!.GetValue<string>())];

    private JsonNode? Resolve(JsonNode? schema) => schema?["$ref"]?.GetValue<string>() is { } name
        ? document["components"]!["schemas"]![name[Reference.Length..]]
        : schema;
}
