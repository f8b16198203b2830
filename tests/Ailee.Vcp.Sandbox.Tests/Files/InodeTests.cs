using Ailee.Vcp.Sandbox.Files;

namespace Ailee.Vcp.Sandbox.Tests.Files;

/// <summary>Numbers, times and sizes: nothing of the host.</summary>
public sealed class InodeTests
{
    [Fact]
    public void Number_BundleThenWhatTheGuestMakes_CountsOn()
    {
        var disk = new Disk(TestBundle.Of(TestBundle.File("a"), TestBundle.File("b/c")));

        disk.Write("new", "");
        disk.Make("newer");
        disk.Symlink("x", "newest");

        Assert.Equal(4ul, disk.Root.Number);
        Assert.Equal((5ul, 6ul, 7ul), (disk.At("a").Number, disk.At("b").Number, disk.At("b/c").Number));
        Assert.Equal((8ul, 9ul, 10ul), (disk.At("new").Number, disk.At("newer").Number, disk.At("newest", follow: false).Number));
    }

    [Fact]
    public void Number_LookedUpInAnyOrder_IsTheSame()
    {
        var bundle = TestBundle.Of(TestBundle.File("a"), TestBundle.File("b/c"), TestBundle.File("d"));
        string[] paths = ["a", "b", "b/c", "d"];
        var forward = new Disk(bundle);
        var backward = new Disk(bundle);

        var there = paths.Select(path => forward.At(path).Number).ToList();
        var back = paths.Reverse().Select(path => backward.At(path).Number).Reverse().ToList();

        Assert.Equal(there, back);
    }

    [Fact]
    public void Number_AfterRename_Stays()
    {
        var disk = new Disk(TestBundle.Of(TestBundle.File("a")));
        var number = disk.At("a").Number;

        disk.Rename("a", "b");

        Assert.Equal(number, disk.At("b").Number);
    }

    [Fact]
    public void Times_OfTheBundle_AreTheStart()
    {
        var disk = new Disk(TestBundle.Of(TestBundle.File("d/f"), TestBundle.Link("l", "d"))) { Now = 5_000 };

        Assert.All([disk.Root, disk.At("d"), disk.At("d/f"), disk.At("l", follow: false)], inode => AssertTimes(inode, Disk.Start, Disk.Start, Disk.Start));
    }

    [Fact]
    public void Times_OfWhatIsMade_AreTheGuestsNowAndItsDirectoryIsTouched()
    {
        var disk = new Disk { Now = 2_000 };

        disk.Make("d");
        disk.Now = 3_000;
        disk.Write("d/f", "");
        disk.Now = 4_000;
        disk.Symlink("x", "l");

        AssertTimes(disk.At("d/f"), 3_000, 3_000, 3_000);
        AssertTimes(disk.At("d"), 2_000, 3_000, 3_000);
        AssertTimes(disk.At("l", follow: false), 4_000, 4_000, 4_000);
        AssertTimes(disk.Root, Disk.Start, 4_000, 4_000);
    }

    [Fact]
    public void Times_OfAFile_MoveWithItsBytesOnly()
    {
        var disk = new Disk(TestBundle.Of(TestBundle.File("f", "text")));
        var file = disk.File("f");

        disk.Now = 2_000;
        disk.Files.Write(file, 0, []);
        disk.Read("f");
        disk.Open("f", OpenMode.Create);
        AssertTimes(file, Disk.Start, Disk.Start, Disk.Start);
        disk.Files.Write(file, 0, "T"u8);
        AssertTimes(file, Disk.Start, 2_000, 2_000);
        disk.Now = 3_000;
        disk.Files.Resize(file, 2);
        AssertTimes(file, Disk.Start, 3_000, 3_000);
        disk.Now = 4_000;
        disk.Files.Resize(file, ulong.MaxValue);

        AssertTimes(file, Disk.Start, 3_000, 3_000);
    }

    [Fact]
    public void Times_LinkedRenamedOrUnlinked_ChangeTimeOnlyAndBothDirectories()
    {
        var disk = new Disk(TestBundle.Of(TestBundle.File("f"), TestBundle.Directory("d"), TestBundle.Directory("e")));
        var file = disk.At("f");

        disk.Now = 2_000;
        disk.Link("f", "d/g");
        AssertTimes(file, Disk.Start, Disk.Start, 2_000);
        AssertTimes(disk.At("d"), Disk.Start, 2_000, 2_000);
        disk.Now = 3_000;
        disk.Rename("d/g", "e/h");
        AssertTimes(file, Disk.Start, Disk.Start, 3_000);
        AssertTimes(disk.At("d"), Disk.Start, 3_000, 3_000);
        AssertTimes(disk.At("e"), Disk.Start, 3_000, 3_000);
        disk.Now = 4_000;
        disk.Unlink("e/h");

        AssertTimes(file, Disk.Start, Disk.Start, 4_000);
        AssertTimes(disk.At("e"), Disk.Start, 4_000, 4_000);
        AssertTimes(disk.At("d"), Disk.Start, 3_000, 3_000);
    }

    [Fact]
    public void SizeBytes_OfEach_IsItsBytes()
    {
        var disk = new Disk(TestBundle.Of(TestBundle.File("f", "äöü"), TestBundle.Link("l", "日本")));

        Assert.Equal(6, disk.At("f").SizeBytes);
        Assert.Equal(6, disk.At("l", follow: false).SizeBytes);
        Assert.Equal(0, disk.Root.SizeBytes);
    }

    private static void AssertTimes(Inode inode, ulong access, ulong modify, ulong change) =>
        Assert.Equal((access, modify, change), (inode.AccessTime, inode.ModifyTime, inode.ChangeTime));
}
