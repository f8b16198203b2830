namespace Ailee.Vcp.Client.Log;

/// <summary>Shows that a state of the log is the beginning of a later one (RFC 9162 §2.1.4). Believe signed roots, not these.</summary>
/// <param name="From">Number of entries of the smaller tree.</param>
/// <param name="To">Number of entries of the larger tree.</param>
/// <param name="FromRoot">Root of the smaller tree.</param>
/// <param name="ToRoot">Root of the larger tree.</param>
/// <param name="Path">Hashes of subtrees that both roots follow from.</param>
public sealed record ConsistencyView(long From, long To, string FromRoot, string ToRoot, IReadOnlyList<string> Path);
