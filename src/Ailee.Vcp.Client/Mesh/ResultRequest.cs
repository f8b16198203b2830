using System.Text.Json.Serialization;
using Ailee.Vcp.Client.Tasks;

namespace Ailee.Vcp.Client.Mesh;

/// <summary>What a node says of a lease, without the bytes of the output: exactly one of statement, inconclusive and divergence.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record ResultRequest
{
    /// <summary>The COSE_Sign1.</summary>
    public ReadOnlyMemory<byte>? Statement { get; init; }

    /// <summary>Why the run was inconclusive.</summary>
    public string? Inconclusive { get; init; }

    /// <summary>How repeated runs disagreed.</summary>
    public TaskDivergence? Divergence { get; init; }

    /// <summary>Wall time of the run. Unit: microseconds.</summary>
    public required long WallTimeMicroseconds { get; init; }

    /// <summary>Whether the compiled module was in memory already.</summary>
    public bool CacheHit { get; init; }

    /// <summary>Energy that the node says the run took; null if it cannot know. Shown, never scored. Unit: joules.</summary>
    public double? EnergyJoules { get; init; }
}
