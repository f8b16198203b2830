using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Bundles;
using Ailee.Vcp.Core.Execution;

namespace Ailee.Vcp.Sandbox.Tests.Wasi;

public sealed class FileReadWriteTests(SandboxFixture fixture)
{
    private const int F = GuestFiles.First;
    private const int Append = 1;

    private static readonly Bundle Bundle = TestBundle.Of(TestBundle.File("f", "bundled"), TestBundle.File("g"));

    [Fact]
    public async Task FdRead_FileOfTheBundle_GivesItsBytesOnceAndThenEnds()
    {
        var run = await new GuestScript().Open("f").Read(F, 4).Read(F, 4).Read(F, 4).RunAsync(fixture, bundle: Bundle);

        Assert.Equal([0, 0, 0, 0], run.Errnos);
        Assert.Equal("bundled", run.Text);
    }

    [Fact]
    public async Task FdRead_SeveralVectors_FillsThemInOrder()
    {
        var run = await new GuestScript()
            .Vectors(0, (200, 3), (100, 0), (300, 2), (250, 100))
            .Open("f").Call("fd_read", F, 0, 4, 64).Dump(64, 4).Dump(200, 3).Dump(300, 2).Dump(250, 3)
            .RunAsync(fixture, bundle: Bundle);

        Assert.Equal([0, 0], run.Errnos);
        Assert.Equal([7, 0, 0, 0, .. "bundled"u8, 0], run.Dumped);
    }

    [Fact]
    public async Task FdWrite_ThenRead_SeesWhatWasWritten()
    {
        var run = await new GuestScript()
            .Open("new", GuestFiles.Create).Write(F, "hello ").Write(F, "world").Read(F, 20).Seek(F, 0, 0).Read(F, 20)
            .Open("new").Read(F + 1, 5)
            .RunAsync(fixture);

        Assert.Equal([0, 0, 0, 0, 0, 0, 0, 0], run.Errnos);
        Assert.Equal("\0\0\0\0\0\0\0\0hello worldhello", run.Text);
    }

    [Fact]
    public async Task FdWrite_OverTheBundle_ChangesTheGuestsCopyOnly()
    {
        var run = await new GuestScript().Open("f").Open("f").Write(F, "BUN").Read(F + 1, 10).RunAsync(fixture, bundle: Bundle);
        var again = await new GuestScript().Open("f").Read(F, 10).RunAsync(fixture, bundle: Bundle);

        Assert.Equal("BUNdled", run.Text);
        Assert.Equal("bundled", again.Text);
        Assert.Equal("bundled"u8.ToArray(), Bundle.Entries[0].Content.ToArray());
    }

    [Fact]
    public async Task FdWrite_Append_GoesToTheEndAndStaysThere()
    {
        var run = await new GuestScript()
            .Open("f", fdFlags: Append).Open("f")
            .Write(F, "1").Tell(F).Seek(F, 0, 0).Read(F, 3).Write(F, "2").Tell(F)
            .Call("fd_fdstat_set_flags", F, 0).Seek(F, 1, 0).Write(F, "U")
            .Call("fd_fdstat_set_flags", F, Append).Write(F, "3")
            .Read(F + 1, 20)
            .RunAsync(fixture, bundle: Bundle);

        Assert.All(run.Errnos, errno => Assert.Equal(0, errno));
        Assert.Equal("\b\0\0\0\0\0\0\0" + "\0\0\0\0\0\0\0\0" + "bun" + "\t\0\0\0\0\0\0\0" + "\u0001\0\0\0\0\0\0\0" + "bUndled123", run.Text);
    }

    [Fact]
    public async Task FdPwriteAndFdPread_Offsets_DoNotMoveThePosition()
    {
        var run = await new GuestScript()
            .Open("f").Seek(F, 2, 0).WriteAt(F, "XY", 5).ReadAt(F, 3, 4).ReadAt(F, 3, 7).ReadAt(F, 3, 1000).Tell(F).Read(F, 10)
            .RunAsync(fixture, bundle: Bundle);

        Assert.All(run.Errnos, errno => Assert.Equal(0, errno));
        Assert.Equal("\u0002\0\0\0\0\0\0\0" + "lXY" + "\u0002\0\0\0\0\0\0\0" + "ndlXY", run.Text);
    }

    [Fact]
    public async Task FdPwrite_AppendDescriptor_GoesToItsOffset()
    {
        var run = await new GuestScript().Open("f", fdFlags: Append).WriteAt(F, "X", 0).Read(F, 10).RunAsync(fixture, bundle: Bundle);

        Assert.Equal("Xundled", run.Text);
    }

    [Fact]
    public async Task FdPwrite_BeyondTheEnd_LeavesZeros()
    {
        var run = await new GuestScript().Open("g").WriteAt(F, "x", 3).Read(F, 10).RunAsync(fixture, bundle: Bundle);

        Assert.Equal("\0\0\0x", run.Text);
    }

    [Theory]
    [InlineData("wasi_snapshot_preview1", 0, 1, 2)]
    [InlineData("wasi_unstable", 2, 0, 1)]
    public async Task FdSeek_EachOrigin_InEachVersion(string module, int begin, int current, int end)
    {
        var run = await new GuestScript(module)
            .Open("f").Seek(F, 5, begin).Seek(F, -2, current).Seek(F, 100, end).Seek(F, -7, end).Seek(F, 0, current).Seek(F, 1, current)
            .Call("fd_seek", F, -2, current, 0).Call("fd_seek", F, -1, begin, 0).Call("fd_seek", F, -8, end, 0).Call("fd_seek", F, 0, 3, 0).Call("fd_seek", F, 0, -1, 0)
            .Tell(F)
            .RunAsync(fixture, bundle: Bundle);

        Assert.Equal([0, 0, 0, 0, 0, 0, 0, Errno.Invalid, Errno.Invalid, Errno.Invalid, Errno.Invalid, Errno.Invalid, 0], run.Errnos);
        Assert.Equal([5ul, 3, 107, 0, 0, 1, 1], run.Numbers);
    }

    [Fact]
    public async Task FdSeek_LargestPosition_IsAllowedButNotBeyondAndNothingIsWrittenThere()
    {
        var run = await new GuestScript()
            .Open("f").Seek(F, long.MaxValue, 0).Call("fd_seek", F, 1, 1, 0).Call("fd_seek", F, long.MaxValue, 1, 0)
            .Call("fd_write", F, 0, 0, 64).Write(F, "x").Read(F, 1).Seek(F, long.MaxValue - 1, 0).Write(F, "x").WriteAt(F, "x", -1).WriteAt(F, "x", long.MinValue)
            .Call("fd_filestat_set_size", F, -1).Call("fd_filestat_set_size", F, long.MaxValue)
            .RunAsync(fixture, bundle: Bundle);

        Assert.Equal(
            [
                0, 0, Errno.Invalid, Errno.Invalid, 0, Errno.FileTooLarge, 0, 0, Errno.NoSpace, Errno.Invalid, Errno.Invalid,
                Errno.Invalid, Errno.NoSpace,
            ],
            run.Errnos);
    }

    [Theory]
    [InlineData("fd_read", new long[] { GuestFiles.Root, 0, 0, 64 })]
    [InlineData("fd_write", new long[] { GuestFiles.Root, 0, 0, 64 })]
    [InlineData("fd_pread", new long[] { GuestFiles.Root, 0, 0, 0, 64 })]
    [InlineData("fd_pwrite", new long[] { GuestFiles.Root, 0, 0, 0, 64 })]
    [InlineData("fd_seek", new long[] { GuestFiles.Root, 0, 0, 64 })]
    [InlineData("fd_tell", new long[] { GuestFiles.Root, 64 })]
    public async Task Call_OnADirectory_IsDirectory(string name, long[] arguments)
    {
        var run = await new GuestScript().Call(name, arguments).RunAsync(fixture);

        Assert.Equal([Errno.IsDirectory], run.Errnos);
    }

    [Theory]
    [InlineData(10, "0123456789", Errno.Success)]
    [InlineData(9, "", Errno.NoSpace)]
    public async Task FdWrite_ScratchBytes_AllOfAVectorOrNone(long limit, string text, int errno)
    {
        var run = await new GuestScript().Open("new", GuestFiles.Create).Write(F, "0123456789").Seek(F, 0, 0).Read(F, 20).RunAsync(fixture, Limited(limit));

        Assert.Equal([0, errno, 0, 0], run.Errnos);
        Assert.Equal("\0\0\0\0\0\0\0\0" + text, run.Text);
    }

    [Fact]
    public async Task FdWrite_LimitInASecondVector_WritesTheFirstAndTheNextWriteFails()
    {
        var run = await new GuestScript()
            .Data(100, "abcdefgh"u8).Vectors(0, (100, 4), (104, 4))
            .Open("new", GuestFiles.Create).Call("fd_write", F, 0, 2, 64).Dump(64, 4).Call("fd_write", F, 8, 1, 64).Tell(F)
            .RunAsync(fixture, Limited(6));

        Assert.Equal([0, 0, Errno.NoSpace, 0], run.Errnos);
        Assert.Equal([4, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0], run.Dumped);
    }

    [Fact]
    public async Task FdWrite_FileOfTheBundleBeyondTheLimit_NoSpaceAndStaysAsItWas()
    {
        var run = await new GuestScript().Open("f").Write(F, "x").Read(F, 10).RunAsync(fixture, Limited(6), bundle: Bundle);

        Assert.Equal([0, Errno.NoSpace, 0], run.Errnos);
        Assert.Equal("bundled", run.Text);
    }

    [Fact]
    public async Task FdClose_RemovedFile_GivesItsBytesBack()
    {
        var run = await new GuestScript()
            .Open("a", GuestFiles.Create).Write(F, "12345").Call("path_unlink_file", 3, "a")
            .Open("b", GuestFiles.Create).Write(F + 1, "1").Call("fd_close", F).Write(F + 1, "12345").Write(F + 1, "6")
            .RunAsync(fixture, Limited(5));

        Assert.Equal([0, 0, 0, 0, Errno.NoSpace, 0, 0, Errno.NoSpace], run.Errnos);
    }

    [Theory]
    [InlineData("fd_read")]
    [InlineData("fd_pread")]
    public async Task Read_CountOutOfMemory_FaultAndNothingMoves(string name)
    {
        var arguments = name == "fd_read" ? [F, 0, 1, -2] : new long[] { F, 0, 1, 0, -2 };

        var run = await new GuestScript()
            .Vectors(0, (100, 4)).Open("f").Call(name, arguments).Dump(100, 4).Tell(F)
            .RunAsync(fixture, bundle: Bundle);

        Assert.Equal([0, Errno.Fault, 0], run.Errnos);
        Assert.Equal(new byte[12], run.Dumped);
        Assert.Null(DecodedTrace.Of(run.Result.Trace).Calls[1].Moved);
    }

    [Fact]
    public async Task FdRead_StdinWithCountOutOfMemory_FaultAndNothingIsTaken()
    {
        var run = await new GuestScript().Vectors(0, (100, 2)).Call("fd_read", 0, 0, 1, -2).Read(0, 2).RunAsync(fixture, stdin: "abc"u8.ToArray());

        Assert.Equal([Errno.Fault, 0], run.Errnos);
        Assert.Equal("ab", run.Text);
    }

    [Theory]
    [InlineData("fd_write", new long[] { F, 0, 2, 64 })]
    [InlineData("fd_write", new long[] { F, 0, 1, -2 })]
    [InlineData("fd_pwrite", new long[] { F, 0, 2, 0, 64 })]
    [InlineData("fd_pwrite", new long[] { F, 0, 1, 0, -2 })]
    [InlineData("fd_seek", new long[] { F, 3, 0, -2 })]
    public async Task Call_PointerOutOfMemory_FaultAndTheFileIsAsBefore(string name, long[] arguments)
    {
        var run = await new GuestScript()
            .Vectors(0, (100, 4), (GuestScript.MemoryBytes - 1, 2))
            .Open("f").Call(name, arguments).Tell(F).Read(F, 10)
            .RunAsync(fixture, bundle: Bundle);

        Assert.Equal([0, Errno.Fault, 0, 0], run.Errnos);
        Assert.Equal("\0\0\0\0\0\0\0\0bundled", run.Text);
    }

    [Fact]
    public async Task Records_ReadAndWritten_HaveTheDigestOfTheBytesAndTheCount()
    {
        var run = await new GuestScript().Vectors(0, (100, 3), (200, 50)).Open("f").Write(F, "BU").Call("fd_read", F, 0, 2, 64).RunAsync(fixture, bundle: Bundle);

        var calls = DecodedTrace.Of(run.Result.Trace).Calls;
        Assert.Equal(Digest.Of([.. "f"u8, .. BitConverter.GetBytes(F)]), calls[0].Moved);
        Assert.Equal(Digest.Of([.. "BU"u8, .. BitConverter.GetBytes(2)]), calls[1].Moved);
        Assert.Equal(Digest.Of([.. "ndled"u8, .. BitConverter.GetBytes(5)]), calls[2].Moved);
    }

    private static Invocation Limited(long bytes) => SandboxFixture.Function() with { Limits = SandboxFixture.DefaultLimits with { ScratchBytes = bytes } };
}
