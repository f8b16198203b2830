using Ailee.Vcp.Core.Bundles;
using Ailee.Vcp.Core.Execution;
using static Ailee.Vcp.Core.Tests.Vectors.VectorFile;

namespace Ailee.Vcp.Core.Tests.Vectors;

public sealed class BundleVectorTests
{
    private const string BundleFile = "bundles.json";
    private const string PatternFile = "output-patterns.json";

    [Fact]
    public void Generate_Bundles_ReproducesTheFile() => AssertIs(BundleFile, BundleVector.All);

    [Fact]
    public void Digest_EntriesOfEveryVectorInAnyOrder_IsTheVectors() => Assert.All(Read<BundleVector[]>(BundleFile), vector =>
    {
        var bundle = new Bundle(vector.Entries.Reverse().Select(entry => entry.ToEntry()), vector.Preopens);

        Assert.Equal(vector.ManifestHex, Hex(bundle.Manifest.Span));
        Assert.Equal((vector.Digest, vector.TarSha256), (bundle.Digest.ToHex(), Digest.Of(BundleTarWriter.Write(bundle)).ToHex()));
    });

    // Written by hand: the patterns' language is not something that code decides.
    [Fact]
    public void Matches_EveryPatternVector_IsAsItSays() => Assert.All(Read<PatternVector[]>(PatternFile), vector =>
    {
        var ok = OutputPatterns.TryParse(vector.Patterns, out var patterns, out var problem);

        Assert.Equal((vector.Canonical is not null, vector.Name), (ok, vector.Name));
        Assert.Equal(ok, problem.Length == 0);
        Assert.Equal(vector.Canonical ?? [], patterns.Canonical);
        Assert.All(vector.Matches, path => Assert.True(patterns.Matches(path), $"{vector.Name}: {path}"));
        Assert.All(vector.DoesNotMatch, path => Assert.False(patterns.Matches(path), $"{vector.Name}: {path}"));
    });
}
