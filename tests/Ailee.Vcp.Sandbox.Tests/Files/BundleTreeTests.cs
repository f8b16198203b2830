using Ailee.Vcp.Core.Bundles;
using Ailee.Vcp.Sandbox.Files;

namespace Ailee.Vcp.Sandbox.Tests.Files;

public sealed class BundleTreeTests
{
    private static readonly Bundle Bundle = TestBundle.Of(
        TestBundle.File("a", "text"), TestBundle.File("a.b"), TestBundle.File("d/x/y"), TestBundle.Link("d/l", "x"), TestBundle.File("d-e"), TestBundle.Directory("empty"));

    [Fact]
    public void Of_Bundle_HasEveryEntryWhereItsPathSays()
    {
        var tree = BundleTree.Of(Bundle, 4);

        Assert.Null(tree.Entry);
        Assert.Equal(["a", "a.b", "d", "d-e", "empty"], tree.Children.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(["l", "x"], tree.Children["d"].Children.Keys.Order(StringComparer.Ordinal));
        Assert.Equal("d/x/y", tree.Children["d"].Children["x"].Children["y"].Entry!.Path);
        Assert.Empty(tree.Children["empty"].Children);
    }

    [Fact]
    public void Of_Bundle_NumbersEntriesInTheirOrderAfterTheRoot()
    {
        var tree = BundleTree.Of(Bundle, 4);

        var numbers = All(tree).OrderBy(node => node.Number).ToList();
        Assert.Equal(4ul, tree.Number);
        Assert.Equal(Bundle.Entries.Select((entry, i) => (entry.Path, 5 + (ulong)i)), numbers.Skip(1).Select(node => (node.Entry!.Path, node.Number)));
    }

    [Fact]
    public void Kind_OfEach_IsTheEntrys()
    {
        var tree = BundleTree.Of(Bundle, 4);

        Assert.Equal(FileKind.Directory, tree.Kind);
        Assert.Equal(FileKind.File, tree.Children["a"].Kind);
        Assert.Equal(FileKind.Directory, tree.Children["d"].Kind);
        Assert.Equal(FileKind.Symlink, tree.Children["d"].Children["l"].Kind);
    }

    [Fact]
    public void Of_SameBundle_IsMadeOnce()
    {
        Assert.Same(BundleTree.Of(Bundle, 4), BundleTree.Of(Bundle, 4));
    }

    [Fact]
    public void Of_NothingInTheBundle_IsARoot()
    {
        Assert.Empty(BundleTree.Of(TestBundle.Of(), 4).Children);
    }

    private static IEnumerable<BundleTree> All(BundleTree tree) => tree.Children.Values.SelectMany(All).Prepend(tree);
}
