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
}

/// <summary>The modes of assurance.</summary>
public static class AssuranceModes
{
    /// <summary>One run.</summary>
    public const string SingleRun = "single";

    /// <summary>Several runs on one node, which must agree in outcome, exit code, output, instructions and trace.</summary>
    public const string RepeatedRuns = "repeat";
}
