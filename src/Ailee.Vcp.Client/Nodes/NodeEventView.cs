namespace Ailee.Vcp.Client.Nodes;

/// <summary>Something that changed a node's reputation or standing.</summary>
/// <param name="Kind">Stable name, such as <c>divergent</c>, <c>quarantined</c> or <c>duplicate-agent</c>.</param>
/// <param name="At">When.</param>
/// <param name="Delta">What was added to the reputation.</param>
/// <param name="Reputation">The reputation after it.</param>
/// <param name="Task">The task that it is about, if it is about one.</param>
/// <param name="Detail">A sentence for people.</param>
public sealed record NodeEventView(string Kind, DateTimeOffset At, double Delta, double Reputation, string? Task, string? Detail);
