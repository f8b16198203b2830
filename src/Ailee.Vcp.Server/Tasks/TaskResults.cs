using System.Text.Json;
using Ailee.Vcp.Client;
using Ailee.Vcp.Client.Tasks;
using Ailee.Vcp.Core.Execution;

namespace Ailee.Vcp.Server.Tasks;

/// <summary>What a function returned, as the contract shows it.</summary>
internal static class TaskResults
{
    /// <summary>As it is stored.</summary>
    public static string ToJson(IReadOnlyList<ScalarValue> results) =>
        JsonSerializer.Serialize(View(results), VcpJson.Default.IReadOnlyListResultValue);

    /// <summary>Results and trap of a stored output.</summary>
    public static (IReadOnlyList<ResultValue> Results, string? Trap) Of(ShownOutput shown)
    {
        if (shown.Results is { } json)
        {
            return (JsonSerializer.Deserialize(json, VcpJson.Default.IReadOnlyListResultValue)!, shown.Trap);
        }

        var output = OutputRecord.TryDecode(shown.Record, out var fault) ?? throw new InvalidDataException($"A stored output does not decode: {fault!.Detail}");
        return (View(output.Results), output.Trap);
    }

    private static IReadOnlyList<ResultValue> View(IReadOnlyList<ScalarValue> results) => [.. results.Select(Scalar)];

    private static ResultValue Scalar(ScalarValue value) => new(
        value.TypeName,
        JsonDocument.Parse(value.Type == ScalarType.I32 ? value.ToString() : $"\"{value}\"").RootElement);
}
