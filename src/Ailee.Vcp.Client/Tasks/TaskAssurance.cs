using System.Text.Json.Serialization;

namespace Ailee.Vcp.Client.Tasks;

/// <summary>How sure the answer must be.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record TaskAssurance
{
    /// <summary>One of <see cref="AssuranceModes"/>. Default: <c>single</c>.</summary>
    public string? Mode { get; init; }

    /// <summary>How often the node runs the guest, with mode <c>repeat</c> only. Default 3. Range 2 to 10.</summary>
    public int? Runs { get; init; }

    /// <summary>How many nodes of different owners run it, with mode <c>quorum</c> only. Default 3. Range 1 to 16.</summary>
    public int? Replicas { get; init; }

    /// <summary>How many of them must agree, with mode <c>quorum</c> only: more than half of the replicas. Default: the least such number.</summary>
    public int? Quorum { get; init; }
}

/// <summary>The modes of assurance.</summary>
public static class AssuranceModes
{
    /// <summary>One run.</summary>
    public const string SingleRun = "single";

    /// <summary>Several runs on one node, which must agree in outcome, exit code, output, instructions and trace.</summary>
    public const string RepeatedRuns = "repeat";

    /// <summary>Runs on nodes of different owners, which vote; the orchestrator certifies the decision.</summary>
    public const string Quorum = "quorum";

    /// <summary>One run if the node has earned that, with audits now and then; otherwise two nodes must agree.</summary>
    public const string Adaptive = "adaptive";
}
