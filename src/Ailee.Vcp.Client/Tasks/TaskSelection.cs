using System.Text.Json.Serialization;

namespace Ailee.Vcp.Client.Tasks;

/// <summary>Where a task may run, and how the node is chosen among those that may have it.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record TaskSelection
{
    /// <summary><c>weighted</c>, the default, <c>least-loaded</c>, <c>round-robin</c>, <c>latency-aware</c> or <c>lowest-bid</c>: an auction.</summary>
    public string? Strategy { get; init; }

    /// <summary>Processor architecture of the node: <c>x64</c>, <c>arm64</c>, … Default: any.</summary>
    public string? Architecture { get; init; }

    /// <summary>Labels that the node must have, each with this value: at most 32, as in <see cref="TaskRequest.Labels"/>. Default: none.</summary>
    public IReadOnlyDictionary<string, string>? Labels { get; init; }
}
