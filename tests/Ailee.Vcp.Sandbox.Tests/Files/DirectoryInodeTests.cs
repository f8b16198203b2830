namespace Ailee.Vcp.Sandbox.Tests.Files;

/// <summary>A bundle's directory with the guest's names above it.</summary>
public sealed class DirectoryInodeTests
{
    private readonly Disk _disk = new(TestBundle.Of(TestBundle.File("d/b", "bundled"), TestBundle.File("d/c"), TestBundle.File("f")));

    [Fact]
    public void Find_NameOfTheBundle_IsTheSameInodeEveryTime()
    {
        var directory = _disk.Directory("d");

        Assert.Same(directory.Find("b"), directory.Find("b"));
        Assert.Equal(1, directory.Find("b")!.Links);
        Assert.Null(directory.Find("a"));
        Assert.Null(directory.Find("B"));
    }

    [Fact]
    public void List_AddedAndRemoved_IsTheBundleWithTheChanges()
    {
        _disk.Write("d/a", "");
        _disk.Write("d/z", "");
        _disk.Unlink("d/b");

        Assert.Equal("a c z", _disk.Names("d"));
        Assert.Null(_disk.Directory("d").Find("b"));
    }

    [Fact]
    public void Add_NameThatTheBundleHadAndTheGuestRemoved_IsTheGuests()
    {
        _disk.Unlink("d/b");

        _disk.Write("d/b", "new");

        Assert.Equal("new", _disk.Read("d/b"));
        Assert.True(_disk.Directory("d").IsAdded("b"));
        Assert.Equal("b c", _disk.Names("d"));
        Assert.Equal(1, _disk.Quota.Entries);
    }

    [Fact]
    public void Remove_ReplacementOfABundledName_DoesNotBringItBack()
    {
        _disk.Unlink("d/b");
        _disk.Write("d/b", "new");

        _disk.Unlink("d/b");

        Assert.Equal(Errno.NoEntry, _disk.Find("d/b"));
        Assert.Equal("c", _disk.Names("d"));
        Assert.Equal(0, _disk.Quota.Entries);
        Assert.Equal(0, _disk.Quota.Bytes);
    }

    [Fact]
    public void IsEmpty_AllNamesOfTheBundleRemoved_IsEmpty()
    {
        var directory = _disk.Directory("d");
        Assert.False(directory.IsEmpty);

        _disk.Unlink("d/b");
        Assert.False(directory.IsEmpty);
        _disk.Unlink("d/c");

        Assert.True(directory.IsEmpty);
        Assert.Empty(directory.List());
    }

    [Fact]
    public void List_AnyNames_AreInTheOrderOfTheirUtf8Bytes()
    {
        // In UTF-16 the emoji's surrogates come before U+FF5E; its UTF-8 bytes come after.
        string[] names = ["a", "B", "~", "é", "\uff5e", "😀", "a.b", "a-b", "10", "9"];
        foreach (var name in names)
        {
            _disk.Write("d/" + name, "");
        }

        var listed = _disk.Files.List(_disk.Directory("d")).Select(entry => entry.Name);

        Assert.Equal(["10", "9", "B", "a", "a-b", "a.b", "b", "c", "~", "é", "\uff5e", "😀"], listed);
    }

    [Fact]
    public void List_AfterAChange_OldListingStays()
    {
        var directory = _disk.Directory("d");
        var before = directory.List();

        _disk.Unlink("d/b");
        _disk.Write("d/new", "");

        Assert.Equal(["b", "c"], before.Select(entry => entry.Name));
        Assert.Equal(["c", "new"], directory.List().Select(entry => entry.Name));
        Assert.Same(directory.List(), directory.List());
    }

    [Fact]
    public void List_LookedUpOrNot_HasTheSameNumbersAndKinds()
    {
        var bundle = TestBundle.Of(TestBundle.File("b"), TestBundle.Directory("d"), TestBundle.Link("l", "b"));
        var untouched = new Disk(bundle).Root.List();
        var disk = new Disk(bundle);

        var inodes = new[] { disk.At("b"), disk.At("d"), disk.At("l", follow: false) };

        Assert.Equal(untouched, disk.Root.List());
        Assert.Equal(inodes.Select(inode => (inode.Number, inode.Kind)), untouched.Select(entry => (entry.Number, entry.Kind)));
    }

    [Fact]
    public void Touched_NamesOfTheBundle_OnlyThoseLookedUp()
    {
        _disk.Write("d/a", "");
        _disk.Find("d/c");

        Assert.Equal([("a", true), ("c", false)], _disk.Directory("d").Touched().Select(name => (name.Name, name.Added)).Order());
    }

    [Fact]
    public void Parent_OfEach_IsWhereItLies()
    {
        _disk.Make("d/e");

        Assert.Same(_disk.Root, _disk.Root.Parent);
        Assert.Same(_disk.Root, _disk.Directory("d").Parent);
        Assert.Same(_disk.Directory("d"), _disk.Directory("d/e").Parent);
        _disk.Rename("d/e", "e");
        Assert.Same(_disk.Root, _disk.Directory("e").Parent);
    }

    [Fact]
    public void Changes_OfOneFileSystem_AreNotInAnotherOverTheSameBundle()
    {
        var bundle = TestBundle.Of(TestBundle.File("d/b", "bundled"));
        var first = new Disk(bundle);
        var second = new Disk(bundle);

        first.Write("d/b", "changed");
        first.Write("d/x", "");
        first.Unlink("d/b");

        Assert.Equal("bundled", second.Read("d/b"));
        Assert.Equal("b", second.Names("d"));
    }
}
