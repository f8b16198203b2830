using Ailee.Vcp.Sandbox.Files;

namespace Ailee.Vcp.Sandbox.Tests.Files;

public sealed class PathWalkTests
{
    private readonly Disk _disk = new(TestBundle.Of(
        TestBundle.File("d/e/f", "text"),
        TestBundle.File("x"),
        TestBundle.File("ä/日本/😀"),
        TestBundle.Link("to-file", "d/e/f"),
        TestBundle.Link("to-directory", "d/e"),
        TestBundle.Link("to-slash", "d/e/"),
        TestBundle.Link("to-file-slash", "d/e/f/"),
        TestBundle.Link("to-here", "."),
        TestBundle.Link("d/e/up", "../../x"),
        TestBundle.Link("d/e/parent", ".."),
        TestBundle.Link("d/e/out", "../../../x"),
        TestBundle.Link("absolute", "/x"),
        TestBundle.Link("dangling", "nothing"),
        TestBundle.Link("loop", "loop"),
        TestBundle.Link("ping", "pong"),
        TestBundle.Link("pong", "ping")));

    [Theory]
    [InlineData("x", "x")]
    [InlineData("./x", "x")]
    [InlineData(".//.///x", "x")]
    [InlineData("d/e/f", "d/e/f")]
    [InlineData("d//e///f", "d/e/f")]
    [InlineData("d/./e/../e/./f", "d/e/f")]
    [InlineData("d/e/../../x", "x")]
    [InlineData("d/..", ".")]
    [InlineData("d/../d", "d")]
    [InlineData("d/", "d")]
    [InlineData("d///", "d")]
    [InlineData("d/.", "d")]
    [InlineData("d/./", "d")]
    [InlineData(".", ".")]
    [InlineData("./", ".")]
    [InlineData("./.", ".")]
    [InlineData("ä/日本/😀", "ä/日本/😀")]
    [InlineData("to-file", "d/e/f")]
    [InlineData("to-directory", "d/e")]
    [InlineData("to-directory/", "d/e")]
    [InlineData("to-directory/f", "d/e/f")]
    [InlineData("to-directory/.", "d/e")]
    [InlineData("to-directory/..", "d")]
    [InlineData("to-slash/f", "d/e/f")]
    [InlineData("to-slash", "d/e")]
    [InlineData("to-here/to-here/to-here/x", "x")]
    [InlineData("d/e/up", "x")]
    [InlineData("to-directory/up", "x")]
    [InlineData("d/e/parent/e/f", "d/e/f")]
    public void Find_Path_LeadsThere(string path, string same)
    {
        Assert.Equal(Errno.Success, _disk.Find(path));
        Assert.Same(_disk.At(same), _disk.At(path));
    }

    [Theory]
    [InlineData("", Errno.NoEntry)]
    [InlineData("/", Errno.NotPermitted)]
    [InlineData("/x", Errno.NotPermitted)]
    [InlineData("//x", Errno.NotPermitted)]
    [InlineData("..", Errno.NotPermitted)]
    [InlineData("../x", Errno.NotPermitted)]
    [InlineData("d/../..", Errno.NotPermitted)]
    [InlineData("d/../../d", Errno.NotPermitted)]
    [InlineData("d/e/out", Errno.NotPermitted)]
    [InlineData("absolute", Errno.NotPermitted)]
    [InlineData("absolute/y", Errno.NotPermitted)]
    [InlineData("nothing", Errno.NoEntry)]
    [InlineData("nothing/..", Errno.NoEntry)]
    [InlineData("nothing/x", Errno.NoEntry)]
    [InlineData("X", Errno.NoEntry)]
    [InlineData("x ", Errno.NoEntry)]
    [InlineData("dangling", Errno.NoEntry)]
    [InlineData("dangling/", Errno.NoEntry)]
    [InlineData("x/", Errno.NotDirectory)]
    [InlineData("x/.", Errno.NotDirectory)]
    [InlineData("x/..", Errno.NotDirectory)]
    [InlineData("x/y", Errno.NotDirectory)]
    [InlineData("to-file/", Errno.NotDirectory)]
    [InlineData("to-file/y", Errno.NotDirectory)]
    [InlineData("to-file-slash", Errno.NotDirectory)]
    [InlineData("loop", Errno.Loop)]
    [InlineData("loop/x", Errno.Loop)]
    [InlineData("ping", Errno.Loop)]
    public void Find_PathThatLeadsNowhere_SaysWhy(string path, int errno)
    {
        Assert.Equal(errno, _disk.Find(path));
    }

    [Theory]
    [InlineData("loop")]
    [InlineData("dangling")]
    [InlineData("absolute")]
    [InlineData("to-directory")]
    [InlineData("d/e/up")]
    [InlineData("to-here/ping")]
    public void Find_LinkNotFollowed_IsTheLink(string path)
    {
        Assert.IsType<SymlinkInode>(_disk.At(path, follow: false));
    }

    [Theory]
    [InlineData("to-directory/", Errno.Success)]
    [InlineData("to-directory/.", Errno.Success)]
    [InlineData("to-file/", Errno.NotDirectory)]
    [InlineData("dangling/", Errno.NoEntry)]
    [InlineData("loop/", Errno.Loop)]
    public void Find_LinkNotFollowedButASlashAfterIt_IsFollowed(string path, int errno)
    {
        Assert.Equal(errno, _disk.Find(path, follow: false));
    }

    [Theory]
    [InlineData(40, Errno.Success)]
    [InlineData(41, Errno.Loop)]
    public void Find_ChainOfLinks_AtMost40(int length, int errno)
    {
        var disk = new Disk();
        disk.Write("l0", "");
        for (var i = 1; i <= length; i++)
        {
            disk.Symlink($"l{i - 1}", $"l{i}");
        }

        Assert.Equal(errno, disk.Find($"l{length}"));
    }

    [Theory]
    [InlineData(40, Errno.Success)]
    [InlineData(41, Errno.Loop)]
    public void Find_ManyLinksInOnePath_AtMost40(int count, int errno)
    {
        var path = string.Concat(Enumerable.Repeat("to-here/", count)) + "x";

        Assert.Equal(errno, _disk.Find(path));
    }

    [Theory]
    [InlineData('a', 255, Errno.NoEntry)]
    [InlineData('a', 256, Errno.NameTooLong)]
    [InlineData('ä', 127, Errno.NoEntry)]
    [InlineData('ä', 128, Errno.NameTooLong)]
    public void Find_LongName_AtMost255Bytes(char letter, int count, int errno)
    {
        Assert.Equal(errno, _disk.Find(new string(letter, count)));
        Assert.Equal(errno, _disk.Find($"d/{new string(letter, count)}"));
    }

    [Theory]
    [InlineData(4096, Errno.Success)]
    [InlineData(4097, Errno.NameTooLong)]
    public void Find_LongPath_AtMost4096Bytes(int length, int errno)
    {
        var path = "." + new string('/', length - 2) + "x";

        Assert.Equal(errno, _disk.Find(path));
    }

    [Fact]
    public void Find_LinkWithALongTarget_NameTooLong()
    {
        var disk = new Disk(TestBundle.Of(TestBundle.Link("l", string.Concat(Enumerable.Repeat("./", 2049)))));

        Assert.Equal(Errno.NameTooLong, disk.Find("l"));
    }

    [Theory]
    [InlineData("..", Errno.NotPermitted)]
    [InlineData("../x", Errno.NotPermitted)]
    [InlineData("e/../..", Errno.NotPermitted)]
    [InlineData("e/up", Errno.NotPermitted)]
    [InlineData("e/parent", Errno.Success)]
    [InlineData("e/f", Errno.Success)]
    public void Find_FromADirectoryBelow_NeverLeavesIt(string path, int errno)
    {
        var error = _disk.Files.Find(_disk.Directory("d"), path, follow: true, out _);

        Assert.Equal(errno, (int)error);
    }

    [Theory]
    [InlineData("x", 1)]
    [InlineData("d/e/f", 3)]
    [InlineData("d//e/./f", 4)]
    [InlineData("d/e/../e/f", 5)]
    [InlineData("to-file", 4)]
    [InlineData("nothing/a/b", 3)]
    [InlineData("/x", 0)]
    [InlineData("", 0)]
    [InlineData("loop", 41)]
    public void Steps_Path_AreTheNamesOfItAndOfItsLinks(string path, int steps)
    {
        var before = _disk.Files.Steps;

        _disk.Find(path);

        Assert.Equal(steps, _disk.Files.Steps - before);
    }
}
