using System.Text.Json.Nodes;

namespace Ailee.Vcp.Server.Tests.Http.Walk;

/// <summary>An operation as the server's OpenAPI document has it.</summary>
internal sealed class ApiOperation(string method, string path, JsonNode node)
{
    public string Method { get; } = method.ToUpperInvariant();

    public string Path { get; } = path.TrimEnd('/');

    public string Name => $"{Method} {Path}";

    public List<ApiParameter> Parameters { get; } = [.. (node["parameters"]?.AsArray() ?? []).Select(one =>
        new ApiParameter(one!["name"]!.GetValue<string>(), one["in"]!.GetValue<string>(), one["required"]?.GetValue<bool>() ?? false))];

    /// <summary>Schemas of the body by media type; none for a call without one.</summary>
    public Dictionary<string, JsonNode?> Bodies { get; } = Content(node["requestBody"]);

    /// <summary>Schemas of the answers by status and media type.</summary>
    public Dictionary<int, Dictionary<string, JsonNode?>> Answers { get; } =
        node["responses"]!.AsObject().ToDictionary(answer => int.Parse(answer.Key, System.Globalization.CultureInfo.InvariantCulture), answer => Content(answer.Value));

    public static List<ApiOperation> Read(JsonNode document) =>
        [.. document["paths"]!.AsObject().SelectMany(path => path.Value!.AsObject().Select(operation => new ApiOperation(operation.Key, path.Key, operation.Value!)))];

    private static Dictionary<string, JsonNode?> Content(JsonNode? holder) =>
        (holder?["content"]?.AsObject() ?? []).ToDictionary(content => content.Key, content => content.Value!["schema"]);
}

/// <summary>A parameter: where it goes is <c>path</c>, <c>query</c> or <c>header</c>.</summary>
internal sealed record ApiParameter(string Name, string In, bool IsRequired);
