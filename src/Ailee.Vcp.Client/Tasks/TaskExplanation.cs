namespace Ailee.Vcp.Client.Tasks;

/// <summary>Why a task's nodes have it, or why none has.</summary>
/// <param name="Task">The task.</param>
/// <param name="State">Its state.</param>
/// <param name="Attempts">The choice behind each try, in order.</param>
/// <param name="Waiting">Why it waits; absent unless it needs nodes.</param>
public sealed record TaskExplanation(string Task, string State, IReadOnlyList<AttemptExplanation> Attempts, WaitingExplanation? Waiting);

/// <summary>The choice behind one try.</summary>
/// <param name="Number">Number of the try.</param>
/// <param name="Node">The node that was chosen.</param>
/// <param name="Candidates">The best nodes at that moment, at most five, the chosen one first; empty if that is not known.</param>
public sealed record AttemptExplanation(int Number, string Node, IReadOnlyList<CandidateView> Candidates);

/// <summary>A node that could have been chosen.</summary>
/// <param name="Node">The node.</param>
/// <param name="Strategy">How the choice was made.</param>
/// <param name="Score">Higher is better. Range 0 to 1.</param>
/// <param name="Factors">What the score is made of: their normalized values multiplied.</param>
/// <param name="Reason">A sentence for people.</param>
public sealed record CandidateView(string Node, string Strategy, double Score, IReadOnlyList<CandidateFactor> Factors, string Reason);

/// <summary>One part of a score.</summary>
/// <param name="Name">Stable name, kebab-case.</param>
/// <param name="Value">What was measured, in the unit that <paramref name="Reason"/> names; absent if it is unknown.</param>
/// <param name="Normalized">The value as a number from 0 (worst) to 1 (best).</param>
/// <param name="Reason">A sentence for people.</param>
public sealed record CandidateFactor(string Name, double? Value, double Normalized, string Reason);

/// <summary>Why a task waits.</summary>
/// <param name="Needed">How many leases it needs.</param>
/// <param name="NotBefore">When it is tried again; absent if it only waits for a node.</param>
/// <param name="Eligible">Nodes that may have it and have not asked for work yet.</param>
/// <param name="Excluded">How many nodes may not, by the first thing that they lack: <c>accepts</c>, <c>architecture</c>, <c>memory</c>, <c>labels</c>, <c>owner</c>, <c>only</c> or <c>avoided</c>.</param>
public sealed record WaitingExplanation(int Needed, DateTimeOffset? NotBefore, int Eligible, IReadOnlyDictionary<string, int> Excluded);
