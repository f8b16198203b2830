using Ailee.Vcp.Core.Bundles;

namespace Ailee.Vcp.Sandbox.Tests.Files;

public sealed class RenameTests
{
    private static readonly Bundle Bundle = TestBundle.Of(
        TestBundle.File("f", "file"),
        TestBundle.File("g", "other"),
        TestBundle.File("full/x/y", "deep"),
        TestBundle.Directory("empty"),
        TestBundle.Directory("empty2"),
        TestBundle.Link("l", "f"),
        TestBundle.Link("to-empty", "empty"),
        TestBundle.Link("dangling", "nothing"));

    private readonly Disk _disk = new(Bundle);

    [Theory]
    [InlineData("f", "new", Errno.Success)]
    [InlineData("f", "empty/new", Errno.Success)]
    [InlineData("f", "to-empty/new", Errno.Success)]
    [InlineData("f", "g", Errno.Success)]
    [InlineData("f", "l", Errno.Success)]
    [InlineData("f", "dangling", Errno.Success)]
    [InlineData("l", "g", Errno.Success)]
    [InlineData("l", "new", Errno.Success)]
    [InlineData("f", "empty", Errno.IsDirectory)]
    [InlineData("f", "full", Errno.IsDirectory)]
    [InlineData("f", "new/", Errno.NotDirectory)]
    [InlineData("f", "g/", Errno.NotDirectory)]
    [InlineData("f/", "new", Errno.NotDirectory)]
    [InlineData("f", "g/new", Errno.NotDirectory)]
    [InlineData("f", "missing/new", Errno.NoEntry)]
    [InlineData("missing", "new", Errno.NoEntry)]
    [InlineData("missing", "empty", Errno.NoEntry)]
    [InlineData("l/", "new", Errno.NotDirectory)]
    [InlineData("f", "../new", Errno.NotPermitted)]
    [InlineData("../f", "new", Errno.NotPermitted)]
    [InlineData("empty", "new", Errno.Success)]
    [InlineData("empty", "new/", Errno.Success)]
    [InlineData("empty/", "new", Errno.Success)]
    [InlineData("empty/", "new/", Errno.Success)]
    [InlineData("empty", "empty2", Errno.Success)]
    [InlineData("full", "empty", Errno.Success)]
    [InlineData("empty", "full", Errno.NotEmpty)]
    [InlineData("empty", "f", Errno.NotDirectory)]
    [InlineData("empty", "l", Errno.NotDirectory)]
    [InlineData("empty", "to-empty", Errno.NotDirectory)]
    [InlineData("full", "full/x", Errno.Invalid)]
    [InlineData("full", "full/new", Errno.Invalid)]
    [InlineData("full", "full/x/new", Errno.Invalid)]
    [InlineData("full/x", "full", Errno.NotEmpty)]
    [InlineData("full/x", "empty/x", Errno.Success)]
    [InlineData(".", "new", Errno.Invalid)]
    [InlineData("empty/.", "new", Errno.Invalid)]
    [InlineData("full/..", "new", Errno.Invalid)]
    [InlineData("f", ".", Errno.Invalid)]
    [InlineData("empty", "full/..", Errno.Invalid)]
    public void Rename_Paths_Answers(string path, string to, int errno)
    {
        var before = _disk.Find(path, follow: false) == Errno.Success ? _disk.At(path, follow: false) : null;

        Assert.Equal(errno, _disk.Rename(path, to));

        if (errno == Errno.Success)
        {
            Assert.Same(before, _disk.At(to, follow: false));
            Assert.Equal(Errno.NoEntry, _disk.Find(path, follow: false));
            Assert.Equal(1, before!.Links);
            Assert.Equal(1, _disk.Quota.Entries);
        }
        else
        {
            Assert.Equal("dangling empty empty2 f full g l to-empty", _disk.Names());
            Assert.Equal(0, _disk.Quota.Entries);
        }
    }

    [Theory]
    [InlineData("f", "f")]
    [InlineData("f", "./f")]
    [InlineData("empty", "empty")]
    [InlineData("empty", "empty/")]
    [InlineData("full", "full/")]
    [InlineData("full", "full/../full")]
    [InlineData("l", "l")]
    public void Rename_OntoItself_ChangesNothing(string path, string to)
    {
        _disk.Now = 9_000;
        var inode = _disk.At(path, follow: false);

        Assert.Equal(Errno.Success, _disk.Rename(path, to));

        Assert.Same(inode, _disk.At(path, follow: false));
        Assert.Equal(Disk.Start, inode.ChangeTime);
        Assert.Equal(0, _disk.Quota.Entries);
    }

    [Fact]
    public void Rename_OverAnotherNameOfTheSameFile_KeepsBoth()
    {
        _disk.Link("f", "h");

        Assert.Equal(Errno.Success, _disk.Rename("f", "h"));

        Assert.Same(_disk.At("f"), _disk.At("h"));
        Assert.Equal(2, _disk.At("f").Links);
    }

    [Fact]
    public void Rename_OverAFile_FreesItsBytesAndEntry()
    {
        _disk.Write("a", "123");
        _disk.Write("b", "12345");

        Assert.Equal(Errno.Success, _disk.Rename("a", "b"));

        Assert.Equal("123", _disk.Read("b"));
        Assert.Equal(3, _disk.Quota.Bytes);
        Assert.Equal(1, _disk.Quota.Entries);
    }

    [Fact]
    public void Rename_OverAnOpenFile_KeepsItsBytesUntilItIsClosed()
    {
        _disk.Write("a", "123");
        _disk.Write("b", "12345");
        var replaced = _disk.File("b");
        replaced.Opened();

        _disk.Rename("a", "b");
        Assert.Equal(8, _disk.Quota.Bytes);
        Assert.Equal("12345"u8.ToArray(), replaced.Content.ToArray());
        replaced.Closed();

        Assert.Equal(3, _disk.Quota.Bytes);
    }

    [Fact]
    public void Rename_OverASymlink_FreesItAndLeavesItsTarget()
    {
        _disk.Symlink("f", "a");
        _disk.Write("b", "x");

        _disk.Rename("b", "a");

        Assert.Equal("x", _disk.Read("a"));
        Assert.Equal("file", _disk.Read("f"));
        Assert.Equal(1, _disk.Quota.Bytes);
    }

    /// <summary>Whether the guest gave the old name, whether it gave the new one, and what is charged afterwards.</summary>
    [Theory]
    [InlineData("f", "g", 0, 1)]
    [InlineData("f", "new", 0, 1)]
    [InlineData("a", "g", 2, 2)]
    [InlineData("a", "new", 2, 2)]
    [InlineData("f", "b", 2, 2)]
    [InlineData("a", "b", 2, 1)]
    public void Rename_Entries_AreChargedForNamesThatTheGuestGave(string path, string to, long before, long after)
    {
        if (before > 0)
        {
            _disk.Write("a", "");
            _disk.Write("b", "");
        }

        _disk.Rename(path, to);

        Assert.Equal(after, _disk.Quota.Entries);
    }

    [Theory]
    [InlineData("f", "new", Errno.NoSpace)]
    [InlineData("f", "g", Errno.NoSpace)]
    [InlineData("a", "new", Errno.Success)]
    [InlineData("f", "a", Errno.Success)]
    public void Rename_NoEntryLeft_OnlyIfItTakesNone(string path, string to, int errno)
    {
        var disk = new Disk(Bundle, entries: 1);
        disk.Write("a", "");

        Assert.Equal(errno, disk.Rename(path, to));

        Assert.Equal(1, disk.Quota.Entries);
        Assert.Equal(errno == Errno.Success ? Errno.NoEntry : Errno.Success, disk.Find(path));
    }

    [Fact]
    public void Rename_DirectoryOfTheBundle_TakesEverythingWithIt()
    {
        Assert.Equal(Errno.Success, _disk.Rename("full", "moved"));
        Assert.Equal(Errno.Success, _disk.Rename("moved/x", "empty/z"));

        Assert.Equal("deep", _disk.Read("empty/z/y"));
        Assert.Empty(_disk.Names("moved"));
        Assert.Equal(Errno.NoEntry, _disk.Find("full"));
        Assert.Equal(2, _disk.Quota.Entries);
    }

    [Fact]
    public void Rename_DirectoryAndBack_IsAsBeforeButTheGuests()
    {
        _disk.Rename("full", "moved");
        _disk.Rename("moved", "full");

        Assert.Equal("deep", _disk.Read("full/x/y"));
        Assert.Equal(1, _disk.Quota.Entries);
    }

    [Fact]
    public void Rename_IntoItselfAfterItWasMoved_Invalid()
    {
        _disk.Make("a");
        _disk.Make("a/b");
        _disk.Make("c");
        _disk.Rename("a/b", "c/b");

        Assert.Equal(Errno.Success, _disk.Rename("a", "c/b/a"));
        Assert.Equal(Errno.Invalid, _disk.Rename("c", "c/b/a/c"));
        Assert.Equal(Errno.Success, _disk.Rename("c/b/a", "a"));
        Assert.Equal(Errno.Success, _disk.Rename("c", "a/c"));

        Assert.Equal("b", _disk.Names("a/c"));
    }

    [Fact]
    public void Rename_DirectoryOverAnEmptyOneThatIsABase_BaseIsGone()
    {
        var gone = _disk.Directory("empty");

        _disk.Rename("full", "empty");

        Assert.Equal(0, gone.Links);
        Assert.Equal(Errno.NoEntry, (int)_disk.Files.CreateDirectory(gone, "x"));
        Assert.Equal("x", _disk.Names("empty"));
    }

    [Fact]
    public void Rename_BetweenDirectoriesThatAreBases_MovesBetweenThem()
    {
        var (full, empty) = (_disk.Directory("full"), _disk.Directory("empty"));

        Assert.Equal(Errno.Success, (int)_disk.Files.Rename(full, "x", empty, "x"));
        Assert.Equal(Errno.NotPermitted, (int)_disk.Files.Rename(empty, "x", full, "../x"));

        Assert.Equal("deep", _disk.Read("empty/x/y"));
    }

    [Fact]
    public void Rename_Deep_CostsAStepForEachLevelAboveTheNewName()
    {
        _disk.Make("a");
        _disk.Make("a/b");
        _disk.Make("a/b/c");
        var before = _disk.Files.Steps;

        _disk.Rename("empty", "a/b/c/d");

        // One name and four, then c, b, a and the root.
        Assert.Equal(1 + 4 + 4, _disk.Files.Steps - before);
    }
}
