using System.Text;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Bundles;
using Ailee.Vcp.Core.Execution;

namespace Ailee.Vcp.Sandbox.Tests.Wasi;

/// <summary>Calls on paths, through a guest; every way that a path can lead is in Files/PathWalkTests.</summary>
public sealed class PathTests(SandboxFixture fixture)
{
    private const int Root = GuestFiles.Root;
    private const int First = GuestFiles.First;

    private static readonly Bundle Bundle = TestBundle.Of(
        TestBundle.File("d/f", "bundled"), TestBundle.Directory("e"), TestBundle.Link("l", "d/f"), TestBundle.Link("long", new string('x', 100)));

    /// <summary>Each call with one path, the numbers before it and after it.</summary>
    public static TheoryData<string, long[], long[]> Calls => new()
    {
        { "path_create_directory", [Root], [] },
        { "path_filestat_get", [Root, 1], [64] },
        { "path_filestat_set_times", [Root, 1], [0, 0, 0] },
        { "path_open", [Root, 1], [GuestFiles.Create, 0, 0, 0, 64] },
        { "path_readlink", [Root], [100, 10, 64] },
        { "path_remove_directory", [Root], [] },
        { "path_symlink", [0, 1, Root], [] },
        { "path_unlink_file", [Root], [] },
        { "path_link", [Root, 0, 0, 1, Root], [] },
        { "path_rename", [Root, 0, 1, Root], [] },
        { "path_rename", [Root], [Root, 0, 1] },
        { "path_link", [Root, 0], [Root, 0, 1] },
        { "path_symlink", [], [Root, 0, 1] },
    };

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task Call_PathThatIsNone_AnswersBeforeAnythingIsLookedUp(string name, long[] before, long[] after)
    {
        var large = new byte[5000];
        large.AsSpan().Fill((byte)'a');

        var run = await new GuestScript().Data(0, "x"u8)
            .Call(name, [.. before, 64, 5000, .. after]).Call(name, [.. before, -1, -1, .. after])
            .Call(name, [.. before, -1, 2, .. after]).Call(name, [.. before, GuestScript.MemoryBytes - 1, 2, .. after]).Call(name, [.. before, 0x80000000, 4096, .. after])
            .Call(name, Arguments([0xff])).Call(name, Arguments([0xed, 0xa0, 0x80])).Call(name, Arguments([0xc0, 0xaf]))
            .Call(name, Arguments("a\0b"u8.ToArray())).Call(name, Arguments("a\0"u8.ToArray()))
            .RunAsync(fixture, bundle: Bundle);

        Assert.Equal(
            [
                Errno.NameTooLong, Errno.NameTooLong, Errno.Fault, Errno.Fault, Errno.Fault,
                Errno.IllegalBytes, Errno.IllegalBytes, Errno.IllegalBytes, Errno.Invalid, Errno.Invalid,
            ],
            run.Errnos);

        GuestArgument[] Arguments(byte[] path) => [.. before.Select(number => (GuestArgument)number), path, .. after.Select(number => (GuestArgument)number)];
    }

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task Call_PathThatLeadsOut_NotPermitted(string name, long[] before, long[] after)
    {
        // What a link says is not a path before it is followed; where it says nothing good it is refused by what it is.
        if (name == "path_symlink" && before.Length == 0)
        {
            return;
        }

        var script = new GuestScript().Data(0, "y"u8).Open("y", GuestFiles.Create);
        foreach (var path in new[] { "/d/f", "../d/f", "d/../../d" })
        {
            script.Call(name, [.. before.Select(number => (GuestArgument)number), path, .. after.Select(number => (GuestArgument)number)]);
        }

        var run = await script.RunAsync(fixture, bundle: Bundle);

        Assert.Equal([0, Errno.NotPermitted, Errno.NotPermitted, Errno.NotPermitted], run.Errnos);
    }

    [Fact]
    public async Task Calls_Success_DoWhatTheySay()
    {
        var run = await new GuestScript()
            .Call("path_create_directory", Root, "new")
            .Call("path_symlink", "../d/f", Root, "new/link")
            .Call("path_readlink", Root, "new/link", 100, 50, 64).Dump(64, 4).Dump(100, 7)
            .Call("path_link", Root, 1, "new/link", Root, "new/same")
            .Call("path_rename", Root, "new/same", Root, "e/same")
            .Open("e/same").Read(First, 20)
            .Call("path_unlink_file", Root, "new/link")
            .Call("path_remove_directory", Root, "new")
            .Call("path_filestat_get", Root, 1, "new", 64)
            .RunAsync(fixture, bundle: Bundle);

        Assert.Equal([0, 0, 0, 0, 0, 0, Errno.Success, 0, 0, Errno.NoEntry], run.Errnos);
        Assert.Equal("\u0006\0\0\0../d/f\0bundled", run.Text);
    }

    [Theory]
    [InlineData("path_create_directory", "e", Errno.Exists)]
    [InlineData("path_create_directory", "x/y", Errno.NoEntry)]
    [InlineData("path_create_directory", "d/f/y", Errno.NotDirectory)]
    [InlineData("path_remove_directory", "d", Errno.NotEmpty)]
    [InlineData("path_remove_directory", "d/f", Errno.NotDirectory)]
    [InlineData("path_remove_directory", ".", Errno.Invalid)]
    [InlineData("path_unlink_file", "d", Errno.IsDirectory)]
    [InlineData("path_unlink_file", "d/f/", Errno.NotDirectory)]
    [InlineData("path_unlink_file", "x", Errno.NoEntry)]
    public async Task Call_OnePath_AnswersItsErrno(string name, string path, int errno)
    {
        var run = await new GuestScript().Call(name, Root, path).RunAsync(fixture, bundle: Bundle);

        Assert.Equal([errno], run.Errnos);
    }

    [Fact]
    public async Task Calls_FromAnOpenDirectory_StayBelowIt()
    {
        var run = await new GuestScript()
            .OpenDirectory("d")
            .Open("f", directory: First).Open("../e", directory: First).Open("./x/../f", directory: First).Open(".", rights: 0, directory: First)
            .Call("path_rename", First, "f", Root, "e/f")
            .Call("path_link", Root, 0, "e/f", First, "../d/g")
            .Call("path_link", Root, 0, "e/f", First, "g")
            .Open("d/g")
            .RunAsync(fixture, bundle: Bundle);

        Assert.Equal([0, 0, Errno.NotPermitted, Errno.NoEntry, 0, 0, Errno.NotPermitted, 0, 0], run.Errnos);
    }

    [Theory]
    [InlineData(0, "", 0)]
    [InlineData(1, "d", 1)]
    [InlineData(2, "d/", 2)]
    [InlineData(3, "d/f", 3)]
    [InlineData(100, "d/f", 3)]
    public async Task PathReadlink_Buffer_GetsAsMuchAsFits(int length, string text, int used)
    {
        var run = await new GuestScript().Data(100, "######"u8)
            .Call("path_readlink", Root, "l", 100, length, 64).Dump(64, 4).Dump(100, 6)
            .RunAsync(fixture, bundle: Bundle);

        Assert.Equal([0], run.Errnos);
        Assert.Equal([(byte)used, 0, 0, 0, .. Encoding.UTF8.GetBytes(text.PadRight(6, '#'))], run.Dumped);
    }

    [Theory]
    [InlineData(-1, 10, 64)]
    [InlineData(100, -1, 64)]
    [InlineData(GuestScript.MemoryBytes - 3, 50, 64)]
    [InlineData(100, 10, -2)]
    public async Task PathReadlink_PointerOutOfMemory_FaultAndNothingWritten(long buffer, long length, long used)
    {
        var run = await new GuestScript().Call("path_readlink", Root, "long", buffer, length, used).Dump(100, 10).RunAsync(fixture, bundle: Bundle);

        Assert.Equal([Errno.Fault], run.Errnos);
        Assert.Equal(new byte[10], run.Dumped);
    }

    [Theory]
    [InlineData(16, 0, 64, Errno.Invalid)]
    [InlineData(GuestFiles.Create, 32, 64, Errno.Invalid)]
    [InlineData(GuestFiles.Create, 0, -1, Errno.Fault)]
    [InlineData(GuestFiles.Create, 0, GuestScript.MemoryBytes - 3, Errno.Fault)]
    [InlineData(GuestFiles.Create | GuestFiles.Directory, 0, 64, Errno.Invalid)]
    public async Task PathOpen_Refused_MakesNoFileAndOpensNothing(int openFlags, int fdFlags, long result, int errno)
    {
        var run = await new GuestScript()
            .Call("path_open", Root, 0, "new", openFlags, 0, 0, fdFlags, result)
            .Call("path_filestat_get", Root, 0, "new", 64).Call("fd_fdstat_get", First, 64)
            .RunAsync(fixture);

        Assert.Equal([errno, Errno.NoEntry, Errno.BadFileDescriptor], run.Errnos);
    }

    [Fact]
    public async Task PathOpen_TruncateWithResultOutOfMemory_LeavesTheFile()
    {
        var run = await new GuestScript()
            .Call("path_open", Root, 0, "d/f", GuestFiles.Truncate, GuestFiles.AllRights, 0, 0, -1).Open("d/f").Read(First, 10)
            .RunAsync(fixture, bundle: Bundle);

        Assert.Equal([Errno.Fault, 0, 0], run.Errnos);
        Assert.Equal("bundled", run.Text);
    }

    [Fact]
    public async Task PathOpen_Numbers_AreTheLowestThatAreFree()
    {
        var run = await new GuestScript()
            .Open("d/f").Dump(GuestFiles.Result, 4).Open("d/f").Dump(GuestFiles.Result, 4)
            .Call("fd_close", First).Call("fd_close", 1 + 1)
            .Open("d/f").Dump(GuestFiles.Result, 4).Open("d/f").Dump(GuestFiles.Result, 4).Open("d/f").Dump(GuestFiles.Result, 4)
            .RunAsync(fixture, bundle: Bundle);

        Assert.Equal([5, 6, 2, 5, 7], run.Dumped.Chunk(4).Select(bytes => BitConverter.ToInt32(bytes)));
    }

    [Fact]
    public async Task PathOpen_DescriptorsExactlyUsed_TooManyOpenUntilOneIsClosed()
    {
        var invocation = SandboxFixture.Function() with { Limits = SandboxFixture.DefaultLimits with { Descriptors = 7 } };

        var run = await new GuestScript()
            .Open("d/f").OpenDirectory("d").Open("d/f").Open("new", GuestFiles.Create).Open("missing")
            .Call("fd_close", First).Open("d/f").Open("d/f").Call("path_filestat_get", Root, 0, "new", 64)
            .RunAsync(fixture, invocation, bundle: Bundle);

        Assert.Equal([0, 0, Errno.TooManyOpen, Errno.TooManyOpen, Errno.TooManyOpen, 0, 0, Errno.TooManyOpen, Errno.NoEntry], run.Errnos);
    }

    [Fact]
    public async Task Calls_EntriesExactlyUsed_NoSpace()
    {
        var invocation = SandboxFixture.Function() with { Limits = SandboxFixture.DefaultLimits with { ScratchEntries = 2 } };

        var run = await new GuestScript()
            .Call("path_create_directory", Root, "a").Open("b", GuestFiles.Create)
            .Call("path_create_directory", Root, "c").Open("c", GuestFiles.Create).Call("path_symlink", "x", Root, "c").Call("path_link", Root, 0, "b", Root, "c")
            .Call("path_rename", Root, "d", Root, "c").Call("path_rename", Root, "a", Root, "c").Call("path_unlink_file", Root, "b").Call("path_rename", Root, "d", Root, "b")
            .RunAsync(fixture, invocation, bundle: Bundle);

        Assert.Equal([0, 0, Errno.NoSpace, Errno.NoSpace, Errno.NoSpace, Errno.NoSpace, Errno.NoSpace, 0, 0, 0], run.Errnos);
    }

    [Fact]
    public async Task PathOpen_WriteToADirectory_IsDirectoryAndOpensNothing()
    {
        var run = await new GuestScript()
            .Open("d").Open("d", GuestFiles.Directory, GuestFiles.ReadRight | GuestFiles.WriteRight).Call("fd_fdstat_get", First, 64)
            .Open("d", GuestFiles.Directory, GuestFiles.ReadRight).Open(".", GuestFiles.Directory, 0).Open("d", rights: 0)
            .RunAsync(fixture, bundle: Bundle);

        Assert.Equal([Errno.IsDirectory, Errno.IsDirectory, Errno.BadFileDescriptor, 0, 0, 0], run.Errnos);
    }

    [Fact]
    public async Task Records_Paths_AreMovedInTheOrderInWhichTheyAreRead()
    {
        var run = await new GuestScript()
            .Call("path_rename", Root, "d/f", Root, "größe").Call("path_symlink", "target", Root, "name").Call("path_readlink", Root, "name", 100, 3, 64)
            .Call("path_unlink_file", Root, "missing").Call("path_unlink_file", First, "unread").Call("path_unlink_file", Root, "nul\0")
            .RunAsync(fixture, bundle: Bundle);

        var calls = DecodedTrace.Of(run.Result.Trace).Calls;
        Digest?[] expected =
        [
            Digest.Of("d/fgröße"u8), Digest.Of("nametarget"u8), Digest.Of([.. "nametar"u8, 3, 0, 0, 0]), Digest.Of("missing"u8), null, Digest.Of("nul\0"u8),
        ];
        Assert.Equal([0, 0, 0, Errno.NoEntry, Errno.BadFileDescriptor, Errno.Invalid], run.Errnos);
        Assert.Equal(expected, calls.Select(call => call.Moved));
    }

    [Fact]
    public async Task Calls_SameGuestManyTimesOverOneBundle_SameTraceAndOutput()
    {
        var script = new GuestScript()
            .Open("new", GuestFiles.Create).Write(First, "text").Stat(First).Stat("d/f").Call("path_rename", Root, "d", Root, "e/d")
            .OpenDirectory("e").Call("fd_readdir", First + 1, 0, 4000, 0, 8000).Dump(0, 4000);

        // A bundle of its own, so that the runs, two at a time, also share the making of its tree.
        var bundle = new Bundle(Bundle.Entries);
        var runs = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => script.RunAsync(fixture, bundle: bundle)));

        Assert.All(runs, run => Assert.Equal(Outcome.Completed, run.Result.Outcome));
        Assert.All(runs, run => Assert.Equal(runs[0].Dumped, run.Dumped));
        Assert.Single(runs.Select(run => (run.Result.Trace.Root, run.Result.Instructions)).Distinct());
    }
}
