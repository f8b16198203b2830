using Ailee.Vcp.Core.Bundles;

namespace Ailee.Vcp.Core.Tests.Bundles;

public sealed class BundleManifestTests
{
    [Fact]
    public void TryReadEntries_AnyPart_IsThatOfTheWhole()
    {
        var bundle = SampleBundles.Ordered;
        var entries = BundleManifest.TryDecode(bundle.Manifest, out _)!.Entries;
        foreach (var most in Enumerable.Range(0, entries.Count + 2))
        {
            Assert.Equal(entries.Take(most), BundleManifest.TryReadEntries(bundle.Manifest, null, most, out _));
            foreach (var (at, entry) in entries.Index())
            {
                Assert.Equal(entries.Skip(at + 1).Take(most), BundleManifest.TryReadEntries(bundle.Manifest, entry.Path, most, out _));
            }
        }

        Assert.Equal(entries.Where(entry => Utf8Order.Instance.Compare(entry.Path, "a/") > 0), BundleManifest.TryReadEntries(bundle.Manifest, "a/", int.MaxValue, out _));
    }

    [Fact]
    public void TryReadEntries_NoManifest_IsAFault()
    {
        Assert.Null(BundleManifest.TryReadEntries(new byte[] { 0x80 }, null, 1, out var fault));

        Assert.NotNull(fault);
    }
}
