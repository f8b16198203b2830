using Ailee.Vcp.Client.Tasks;

namespace Ailee.Vcp.Crash.Checks;

/// <summary>A task that was sent.</summary>
/// <param name="Name">In its label, so that it is known again also where its answer was lost.</param>
/// <param name="Request">What was sent.</param>
/// <param name="Expected">What must come of it: see <see cref="TaskEnds"/>.</param>
internal sealed record Submitted(string Name, TaskRequest Request, string Expected)
{
    /// <summary>Label that carries the name.</summary>
    public const string Label = "crash";

    /// <summary>Key of the call.</summary>
    public string? Key { get; init; }

    /// <summary>Its id, once acknowledged.</summary>
    public string? Id { get; set; }
}
