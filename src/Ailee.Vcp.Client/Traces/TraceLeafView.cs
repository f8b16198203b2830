namespace Ailee.Vcp.Client.Traces;

/// <summary>A leaf of a trace, and what shows that a statement commits to it.</summary>
/// <param name="Task">The task.</param>
/// <param name="Base64">The leaf's bytes.</param>
/// <param name="Hash">Hash of a zero byte and the leaf's bytes (RFC 9162 §2.1.1), as everything here under the hash of the task's statement.</param>
/// <param name="Inclusion">The way from the leaf to the root.</param>
/// <param name="Root">The root: key 11 of the statement. Believe the statement, not this member.</param>
/// <param name="Entries">The leaf in words.</param>
public sealed record TraceLeafView(string Task, string Base64, string Hash, InclusionView Inclusion, string Root, IReadOnlyList<TraceEntry> Entries);

/// <summary>An inclusion proof (RFC 9162 §2.1.3).</summary>
/// <param name="Index">Index of the leaf, from 0.</param>
/// <param name="Size">Number of leaves: key 12 of the statement.</param>
/// <param name="Path">Sibling hashes from the leaf up to the root.</param>
public sealed record InclusionView(long Index, long Size, IReadOnlyList<string> Path);
