namespace Ailee.Vcp.Core.Quorum;

/// <summary>What an event did.</summary>
/// <param name="State">The state after it.</param>
/// <param name="Verdict">What it came to.</param>
/// <param name="Changed">Whether the state is another one. An event that changed nothing need not be stored: replay is the same without it.</param>
public sealed record QuorumStep(QuorumState State, QuorumVerdict Verdict, bool Changed);
