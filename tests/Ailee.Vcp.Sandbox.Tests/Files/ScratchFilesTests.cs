using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Sandbox.Files;

namespace Ailee.Vcp.Sandbox.Tests.Files;

public sealed class ScratchFilesTests
{
    private readonly Disk _disk = new(TestBundle.Of(
        TestBundle.File("d/a", "1"), TestBundle.File("d/b", "2"), TestBundle.File("e/x/y", "3"), TestBundle.File("e/x/z", "4"), TestBundle.Link("l", "d/a")));

    [Fact]
    public void Of_NothingChanged_None()
    {
        _disk.Read("d/a");
        _disk.Names("e/x");
        _disk.Make("new");
        _disk.Symlink("d/a", "m");

        Assert.Empty(Left());
    }

    [Fact]
    public void Of_FilesThatTheGuestMade_AreThereWithTheirBytes()
    {
        _disk.Write("top", "t");
        _disk.Make("new");
        _disk.Write("new/f", "n");
        _disk.Write("d/c", "c");
        _disk.Write("empty", "");

        Assert.Equal(["d/c=c", "empty=", "new/f=n", "top=t"], Left());
    }

    [Fact]
    public void Of_FileOfTheBundleThatWasChanged_IsThere()
    {
        _disk.Write("l", "changed");
        _disk.Files.Resize(_disk.File("e/x/y"), 0);

        Assert.Equal(["d/a=changed", "e/x/y="], Left());
    }

    [Fact]
    public void Of_RemovedFiles_AreNot()
    {
        _disk.Write("new", "n");
        _disk.Write("d/a", "changed");

        _disk.Unlink("new");
        _disk.Unlink("d/a");

        Assert.Empty(Left());
    }

    [Fact]
    public void Of_FileOfTheBundleUnderAnotherName_IsThere()
    {
        _disk.Rename("d/a", "moved");
        _disk.Link("d/b", "linked");

        Assert.Equal(["linked=2", "moved=1"], Left());
    }

    [Fact]
    public void Of_FileWithTwoNamesChanged_IsThereTwice()
    {
        _disk.Link("d/b", "linked");

        _disk.Write("linked", "both");

        Assert.Equal(["d/b=both", "linked=both"], Left());
    }

    [Fact]
    public void Of_MovedDirectoryOfTheBundle_EverythingInItAlsoUntouched()
    {
        _disk.Rename("e", "moved");
        _disk.Unlink("moved/x/z");
        _disk.Write("moved/new", "n");

        Assert.Equal(["moved/new=n", "moved/x/y=3"], Left());
    }

    [Fact]
    public void Of_MovedDirectoryBackAtItsPlace_IsStillTheGuests()
    {
        _disk.Rename("e", "moved");
        _disk.Rename("moved", "e");

        Assert.Equal(["e/x/y=3", "e/x/z=4"], Left());
    }

    [Fact]
    public void Of_PathsTooLongToSay_AreLeftOut()
    {
        // 15 names of 255 bytes, each with a slash, are 3840 bytes, so that 256 are left.
        var name = new string('n', 255);
        var directory = _disk.Root;
        for (var i = 0; i < 15; i++)
        {
            _disk.Files.CreateDirectory(directory, name);
            directory = (DirectoryInode)directory.Find(name)!;
        }

        Write(directory, name);
        _disk.Files.CreateDirectory(directory, "d");
        var below = (DirectoryInode)directory.Find("d")!;
        Write(below, new string('a', 254));
        Write(below, new string('b', 255));

        var paths = ScratchFiles.Of(_disk.Files).Select(found => found.Path.Length).Order();

        Assert.Equal([4095, 4096], paths);
        Assert.Equal(4096, OutputFile.MaxPathBytes);
    }

    [Fact]
    public void Of_TreeDeeperThanAnyPath_Ends()
    {
        var directory = _disk.Root;
        for (var i = 0; i < 900; i++)
        {
            _disk.Files.CreateDirectory(directory, "0123456789");
            directory = (DirectoryInode)directory.Find("0123456789")!;
        }

        Write(directory, "f");

        Assert.Empty(Left());
    }

    private void Write(DirectoryInode directory, string name) => _disk.Files.Open(directory, name, follow: true, OpenMode.Create, out _);

    private List<string> Left() =>
        [.. ScratchFiles.Of(_disk.Files).Select(found => $"{found.Path}={System.Text.Encoding.UTF8.GetString(found.File.Content.ToArray())}").Order(StringComparer.Ordinal)];
}
