using Ailee.Vcp.Core.Bundles;
using Ailee.Vcp.Core.Tests.Bundles;

namespace Ailee.Vcp.Core.Tests.Vectors;

/// <summary>An entry of bundles.json: a tree, its manifest and digest, and the SHA-256 of its canonical tar.</summary>
internal sealed record BundleVector(
    string Name,
    IReadOnlyList<EntryVector> Entries,
    IReadOnlyList<string> Preopens,
    string ManifestHex,
    string Digest,
    int TarBytes,
    string TarSha256)
{
    public static IReadOnlyList<BundleVector> All { get; } =
    [
        Of("empty", SampleBundles.Empty),
        Of("one of everything", SampleBundles.Small),
        Of("names in bytewise order", SampleBundles.Ordered),
        Of("names at the borders of tar's fields", SampleBundles.Long),
        Of("with preopens", SampleBundles.Preopened),
    ];

    private static BundleVector Of(string name, Bundle bundle)
    {
        var tar = BundleTarWriter.Write(bundle);
        return new BundleVector(
            name,
            [.. bundle.Entries.Select(EntryVector.Of)],
            bundle.Preopens,
            VectorFile.Hex(bundle.Manifest.Span),
            bundle.Digest.ToHex(),
            tar.Length,
            Core.Digest.Of(tar).ToHex());
    }
}

/// <summary>A path; content is <paramref name="PatternHex"/> repeated and cut at <paramref name="Length"/>.</summary>
internal sealed record EntryVector(string Path, string Kind, string? PatternHex, int? Length, string? Target)
{
    public static EntryVector Of(BundleEntry entry)
    {
        var file = entry.Kind == BundleEntryKind.File ? FileVector.Of(entry.Path, entry.Content.ToArray()) : null;
        return new EntryVector(entry.Path, entry.Kind.ToString().ToLowerInvariant(), file?.PatternHex, file?.Length, entry.Target);
    }

    public BundleEntry ToEntry() => Kind switch
    {
        "directory" => new BundleEntry(Path, BundleEntryKind.Directory),
        "symlink" => new BundleEntry(Path, BundleEntryKind.Symlink, default, Target),
        _ => new BundleEntry(Path, BundleEntryKind.File, new FileVector(Path, PatternHex!, Length!.Value).Data()),
    };
}

/// <summary>An entry of output-patterns.json: what a list of patterns becomes, and what it takes; or that it is refused.</summary>
internal sealed record PatternVector(
    string Name,
    IReadOnlyList<string> Patterns,
    IReadOnlyList<string>? Canonical,
    IReadOnlyList<string> Matches,
    IReadOnlyList<string> DoesNotMatch);
