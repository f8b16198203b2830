namespace Ailee.Vcp.Client.Bundles;

/// <summary>A read-only tree of files as the server describes it.</summary>
/// <param name="Digest">SHA-256 of the manifest, <c>sha256:&lt;hex&gt;</c>: the bundle's name.</param>
/// <param name="Files">How many files it has.</param>
/// <param name="Entries">How many files, directories and links.</param>
/// <param name="SizeBytes">Bytes of all files.</param>
/// <param name="CreatedAt">When it was first uploaded.</param>
public sealed record BundleView(string Digest, long Files, long Entries, long SizeBytes, DateTimeOffset CreatedAt);

/// <summary>A bundle with a part of its paths.</summary>
/// <param name="Digest">The bundle's name.</param>
/// <param name="Files">How many files it has.</param>
/// <param name="Entries">How many files, directories and links.</param>
/// <param name="SizeBytes">Bytes of all files.</param>
/// <param name="CreatedAt">When it was first uploaded.</param>
/// <param name="Items">Paths in ascending order of their UTF-8 bytes.</param>
/// <param name="Next">What to pass as <c>after</c> for the following part, a path; null at the end.</param>
public sealed record BundleListing(string Digest, long Files, long Entries, long SizeBytes, DateTimeOffset CreatedAt, IReadOnlyList<BundleItem> Items, string? Next);

/// <summary>A path of a bundle.</summary>
/// <param name="Path">Relative to the root.</param>
/// <param name="Kind"><c>directory</c>, <c>file</c> or <c>symlink</c>.</param>
/// <param name="SizeBytes">Size of a file.</param>
/// <param name="Target">Where a link leads to.</param>
public sealed record BundleItem(string Path, string Kind, long? SizeBytes, string? Target);
