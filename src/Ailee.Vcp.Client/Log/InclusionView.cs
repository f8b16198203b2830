namespace Ailee.Vcp.Client.Log;

/// <summary>Where an entry stands in the log (RFC 9162 §2.1.3). Believe a signed root, not this one.</summary>
/// <param name="Index">Its position, from 0.</param>
/// <param name="Digest">The entry: the statement's id.</param>
/// <param name="LeafHash">SHA-256 of a zero byte and the entry.</param>
/// <param name="Size">Number of entries of the tree.</param>
/// <param name="Root">Root of the tree of that size.</param>
/// <param name="Path">Sibling hashes from the leaf up to the root.</param>
public sealed record InclusionView(long Index, string Digest, string LeafHash, long Size, string Root, IReadOnlyList<string> Path);
