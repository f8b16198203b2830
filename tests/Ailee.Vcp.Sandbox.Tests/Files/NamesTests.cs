using Ailee.Vcp.Sandbox.Files;

namespace Ailee.Vcp.Sandbox.Tests.Files;

/// <summary>Making and removing files, directories and links.</summary>
public sealed class NamesTests
{
    private readonly Disk _disk = new(TestBundle.Of(
        TestBundle.File("d/f", "bundled"), TestBundle.Directory("e"), TestBundle.Link("l", "d"), TestBundle.Link("dangling", "nothing")));

    [Theory]
    [InlineData("new", Errno.Success)]
    [InlineData("new/", Errno.Success)]
    [InlineData("d/new", Errno.Success)]
    [InlineData("l/new", Errno.Success)]
    [InlineData("d", Errno.Exists)]
    [InlineData("d/", Errno.Exists)]
    [InlineData(".", Errno.Exists)]
    [InlineData("d/..", Errno.Exists)]
    [InlineData("d/f", Errno.Exists)]
    [InlineData("l", Errno.Exists)]
    [InlineData("dangling", Errno.Exists)]
    [InlineData("a/b", Errno.NoEntry)]
    [InlineData("d/f/new", Errno.NotDirectory)]
    [InlineData("", Errno.NoEntry)]
    [InlineData("/new", Errno.NotPermitted)]
    public void CreateDirectory_Path_Answers(string path, int errno)
    {
        Assert.Equal(errno, _disk.Make(path));
        Assert.Equal(errno == Errno.Success ? 1 : 0, _disk.Quota.Entries);
    }

    [Theory]
    [InlineData("e", Errno.Success)]
    [InlineData("e/", Errno.Success)]
    [InlineData("d", Errno.NotEmpty)]
    [InlineData("d/f", Errno.NotDirectory)]
    [InlineData("d/f/", Errno.NotDirectory)]
    [InlineData("l", Errno.NotDirectory)]
    [InlineData("l/", Errno.NotDirectory)]
    [InlineData("missing", Errno.NoEntry)]
    [InlineData(".", Errno.Invalid)]
    [InlineData("e/.", Errno.Invalid)]
    [InlineData("e/..", Errno.Invalid)]
    public void RemoveDirectory_Path_Answers(string path, int errno)
    {
        Assert.Equal(errno, _disk.RemoveDirectory(path));
        Assert.Equal(errno == Errno.Success ? "d dangling l" : "d dangling e l", _disk.Names());
    }

    [Theory]
    [InlineData("d/f", Errno.Success)]
    [InlineData("l/f", Errno.Success)]
    [InlineData("l", Errno.Success)]
    [InlineData("dangling", Errno.Success)]
    [InlineData("d/f/", Errno.NotDirectory)]
    [InlineData("l/", Errno.NotDirectory)]
    [InlineData("d", Errno.IsDirectory)]
    [InlineData("d/", Errno.IsDirectory)]
    [InlineData(".", Errno.IsDirectory)]
    [InlineData("missing", Errno.NoEntry)]
    public void Unlink_Path_Answers(string path, int errno)
    {
        Assert.Equal(errno, _disk.Unlink(path));
        Assert.Equal(errno == Errno.Success ? Errno.NoEntry : _disk.Find(path, follow: false), _disk.Find(path, follow: false));
    }

    [Fact]
    public void CreateDirectory_RemovedAndMadeAgain_IsANewOne()
    {
        _disk.Make("a");
        var first = _disk.At("a").Number;

        Assert.Equal(Errno.Success, _disk.RemoveDirectory("a"));
        Assert.Equal(Errno.Success, _disk.Make("a"));

        Assert.NotEqual(first, _disk.At("a").Number);
        Assert.Equal(1, _disk.Quota.Entries);
    }

    [Fact]
    public void Unlink_WhileOpen_KeepsTheBytesUntilItIsClosed()
    {
        _disk.Write("a", "text");
        var file = _disk.File("a");
        file.Opened();
        file.Opened();

        _disk.Unlink("a");
        file.Closed();
        Assert.Equal(4, _disk.Quota.Bytes);
        Assert.Equal("text"u8.ToArray(), file.Content.ToArray());
        Assert.Equal(0, file.Links);
        Assert.Equal(0, _disk.Quota.Entries);
        file.Closed();

        Assert.Equal(0, _disk.Quota.Bytes);
    }

    [Fact]
    public void Write_ToARemovedFileOfTheBundle_IsChargedUntilItIsClosed()
    {
        var file = _disk.File("d/f");
        file.Opened();
        _disk.Unlink("d/f");
        Assert.Equal("bundled"u8.ToArray(), file.Content.ToArray());

        _disk.Files.Write(file, 7, "!"u8);
        Assert.Equal(8, _disk.Quota.Bytes);
        file.Closed();

        Assert.Equal(0, _disk.Quota.Bytes);
    }

    [Fact]
    public void Closed_FileThatHasAName_KeepsItsBytes()
    {
        _disk.Write("a", "text");
        var file = _disk.File("a");

        file.Opened();
        file.Closed();

        Assert.Equal("text", _disk.Read("a"));
        Assert.Equal(4, _disk.Quota.Bytes);
    }

    [Theory]
    [InlineData("d/f", "new", Errno.Success)]
    [InlineData("d/f", "e/new", Errno.Success)]
    [InlineData("d/f", "d/f", Errno.Exists)]
    [InlineData("d/f", "e", Errno.Exists)]
    [InlineData("d/f", "l", Errno.Exists)]
    [InlineData("d/f", "dangling", Errno.Exists)]
    [InlineData("d/f", "new/", Errno.NoEntry)]
    [InlineData("d/f", "a/b", Errno.NoEntry)]
    [InlineData("d/f", "..", Errno.NotPermitted)]
    [InlineData("d/f/", "new", Errno.NotDirectory)]
    [InlineData("d", "new", Errno.NotPermitted)]
    [InlineData("missing", "new", Errno.NoEntry)]
    [InlineData("dangling", "new", Errno.Success)]
    public void CreateLink_Paths_Answers(string path, string to, int errno)
    {
        Assert.Equal(errno, _disk.Link(path, to));
        Assert.Equal(errno == Errno.Success ? 1 : 0, _disk.Quota.Entries);
    }

    [Fact]
    public void CreateLink_File_IsTheSameFileTwice()
    {
        _disk.Write("a", "text");

        _disk.Link("a", "b");
        _disk.Write("b", "other");

        Assert.Same(_disk.At("a"), _disk.At("b"));
        Assert.Equal(2, _disk.At("a").Links);
        Assert.Equal("other", _disk.Read("a"));
        Assert.Equal(5, _disk.Quota.Bytes);
        Assert.Equal(2, _disk.Quota.Entries);
    }

    [Fact]
    public void Unlink_OneOfTwoNames_KeepsTheFile()
    {
        _disk.Write("a", "text");
        _disk.Link("a", "b");

        _disk.Unlink("a");
        Assert.Equal("text", _disk.Read("b"));
        Assert.Equal(1, _disk.At("b").Links);
        Assert.Equal(4, _disk.Quota.Bytes);
        _disk.Unlink("b");

        Assert.Equal(0, _disk.Quota.Bytes);
        Assert.Equal(0, _disk.Quota.Entries);
    }

    [Theory]
    [InlineData(false, FileKind.Symlink)]
    [InlineData(true, FileKind.Directory)]
    public void CreateLink_ToASymlink_IsTheLinkUnlessFollowed(bool follow, byte kind)
    {
        var errno = _disk.Link("l", "new", follow);

        Assert.Equal(kind == (byte)FileKind.Symlink ? Errno.Success : Errno.NotPermitted, errno);
        Assert.Equal(follow ? 1 : 2, _disk.At("l", follow: false).Links);
        Assert.Equal(Errno.NoEntry, _disk.Link("dangling", "newer", follow: true));
    }

    [Theory]
    [InlineData("anything", "new", Errno.Success)]
    [InlineData("new", "new", Errno.Success)]
    [InlineData("../../..", "new", Errno.Success)]
    [InlineData("d/", "e/new", Errno.Success)]
    [InlineData("/absolute", "new", Errno.NotPermitted)]
    [InlineData("", "new", Errno.NoEntry)]
    [InlineData("x", "new/", Errno.NoEntry)]
    [InlineData("x", "a/b", Errno.NoEntry)]
    [InlineData("x", "d", Errno.Exists)]
    [InlineData("x", "d/", Errno.Exists)]
    [InlineData("x", "d/f", Errno.Exists)]
    [InlineData("x", "dangling", Errno.Exists)]
    [InlineData("x", "d/f/new", Errno.NotDirectory)]
    public void CreateSymlink_Paths_Answers(string content, string path, int errno)
    {
        Assert.Equal(errno, _disk.Symlink(content, path));
        Assert.Equal(errno == Errno.Success ? content.Length : 0, _disk.Quota.Bytes);
        Assert.Equal(errno == Errno.Success ? 1 : 0, _disk.Quota.Entries);
    }

    [Theory]
    [InlineData("l", Errno.Success, "d")]
    [InlineData("dangling", Errno.Success, "nothing")]
    [InlineData("l/", Errno.Invalid, "")]
    [InlineData("d", Errno.Invalid, "")]
    [InlineData("d/f", Errno.Invalid, "")]
    [InlineData(".", Errno.Invalid, "")]
    [InlineData("missing", Errno.NoEntry, "")]
    public void ReadSymlink_Path_Answers(string path, int errno, string content)
    {
        Assert.Equal(errno, (int)_disk.Files.ReadSymlink(_disk.Root, path, out var found));
        Assert.Equal(content, found);
    }

    [Fact]
    public void Unlink_SymlinkWithTwoNames_FreesItsBytesWithTheLast()
    {
        _disk.Symlink("größer", "a");
        _disk.Link("a", "b");
        Assert.Equal(8, _disk.Quota.Bytes);
        Assert.Equal(8, _disk.At("a", follow: false).SizeBytes);

        _disk.Unlink("a");
        Assert.Equal(8, _disk.Quota.Bytes);
        _disk.Unlink("b");

        Assert.Equal(0, _disk.Quota.Bytes);
    }

    [Fact]
    public void Unlink_SymlinkOfTheBundle_FreesNothing()
    {
        _disk.Write("a", "text");

        _disk.Unlink("l");

        Assert.Equal(4, _disk.Quota.Bytes);
    }

    [Fact]
    public void CreateSymlink_WithoutSpaceOrEntry_NoSpaceAndNothingTaken()
    {
        var full = new Disk(bytes: 3);
        var closed = new Disk(entries: 0);

        Assert.Equal(Errno.NoSpace, full.Symlink("four", "l"));
        Assert.Equal(Errno.NoSpace, closed.Symlink("four", "l"));

        Assert.Equal((0, 0, 0, 0), (full.Quota.Bytes, full.Quota.Entries, closed.Quota.Bytes, closed.Quota.Entries));
    }

    [Fact]
    public void Make_EntriesExactlyUsed_NoSpaceUntilOneGoes()
    {
        var disk = new Disk(TestBundle.Of(TestBundle.File("f")), entries: 4);
        Assert.Equal([0, 0, 0, 0], [disk.Make("d"), disk.Write("d/a", ""), disk.Symlink("a", "d/l"), disk.Link("f", "d/f")]);

        Assert.Equal([Errno.NoSpace, Errno.NoSpace, Errno.NoSpace, Errno.NoSpace], [disk.Make("e"), disk.Write("b", ""), disk.Symlink("a", "b"), disk.Link("f", "b")]);
        Assert.Equal(Errno.Success, disk.Unlink("f"));
        Assert.Equal(Errno.NoSpace, disk.Make("e"));
        Assert.Equal(Errno.Success, disk.Unlink("d/l"));
        Assert.Equal(Errno.Success, disk.Make("e"));

        Assert.Equal(4, disk.Quota.Entries);
    }

    [Fact]
    public void Calls_FromADirectoryThatWasRemoved_FindAndMakeNothing()
    {
        _disk.Write("a", "");
        var gone = _disk.Directory("e");
        _disk.RemoveDirectory("e");

        Assert.Equal(Errno.NoEntry, (int)_disk.Files.Find(gone, "x", follow: true, out _));
        Assert.Equal(Errno.NoEntry, (int)_disk.Files.Open(gone, "x", follow: true, OpenMode.Create, out _));
        Assert.Equal(Errno.NoEntry, (int)_disk.Files.CreateDirectory(gone, "x"));
        Assert.Equal(Errno.NoEntry, (int)_disk.Files.CreateSymlink("y", gone, "x"));
        Assert.Equal(Errno.NoEntry, (int)_disk.Files.CreateLink(_disk.Root, "a", false, gone, "x"));
        Assert.Equal(Errno.NoEntry, (int)_disk.Files.Rename(_disk.Root, "a", gone, "x"));
        Assert.Equal(Errno.Success, (int)_disk.Files.Find(gone, ".", follow: true, out var self));

        Assert.Same(gone, self);
        Assert.Empty(_disk.Files.List(gone));
        Assert.Equal((0, 1), (_disk.Quota.Bytes, _disk.Quota.Entries));
    }
}
