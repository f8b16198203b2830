using Ailee.Vcp.Core.Bundles;

namespace Ailee.Vcp.Core.Tests.Bundles;

public sealed class BundleBuilderTests
{
    private const int Depth = 1024;
    private const int Files = 100;

    // Each of a thousand parents would be copied again for each file: 200 MB.
    [Fact]
    public void AddFile_ManyInOneDeepDirectory_CopiesNoParentAgain()
    {
        var directory = string.Concat(Enumerable.Repeat("d/", Depth - 1));
        var builder = new BundleBuilder(BundleLimits.Widest);
        builder.AddDirectory(directory);
        var before = GC.GetAllocatedBytesForCurrentThread();

        for (var number = 0; number < Files; number++)
        {
            builder.AddFile($"{directory}{number}", default);
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, Files * 500_000L);
        Assert.Equal(Depth - 1 + Files, builder.Build().Entries.Count);
    }

    [Fact]
    public void AddFile_ParentsFromBelow_AreAllThere()
    {
        var bundle = SampleBundles.Build(builder =>
        {
            builder.AddFile("a/b/c/d", default);
            builder.AddFile("a/b/e/f", default);
        });

        Assert.Equal(["a", "a/b", "a/b/c", "a/b/c/d", "a/b/e", "a/b/e/f"], bundle.Entries.Select(entry => entry.Path));
        Assert.Equal(1 + 3 + 5 + 7 + 5 + 7, bundle.PathBytes);
    }

    [Fact]
    public void PathBytes_AreOfUtf8AndOfTargets() =>
        Assert.Equal(4 + 3 + 5, SampleBundles.Build(builder => builder.AddSymlink("\U00010000\uff21", "t/../"))!.PathBytes);
}
