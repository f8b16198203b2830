using Ailee.Vcp.Core.Bundles;

namespace Ailee.Vcp.Sandbox.Tests.Wasi;

/// <summary>Bits of the specification (witx of snapshot 01), by their numbers.</summary>
public sealed class RightsTests(SandboxFixture fixture)
{
    private const int Root = GuestFiles.Root;
    private const int First = GuestFiles.First;
    private const long FileRights = 0x08e001ff;
    private const long DirectoryRights = 0x0fbffe18;

    private static readonly Bundle Bundle = TestBundle.Of(TestBundle.File("d/f", "bundled"), TestBundle.Link("d/l", "f"));

    /// <summary>Each call on a file, the bit without which it is refused, and how.</summary>
    public static TheoryData<string, long[], int, int> FileCalls => new()
    {
        { "fd_datasync", [First], 0, Errno.NotCapable },
        { "fd_read", [First, 0, 0, 64], 1, Errno.BadFileDescriptor },
        { "fd_pread", [First, 0, 0, 0, 64], 1, Errno.BadFileDescriptor },
        { "fd_pread", [First, 0, 0, 0, 64], 2, Errno.NotCapable },
        { "fd_pwrite", [First, 0, 0, 0, 64], 2, Errno.NotCapable },
        { "fd_seek", [First, 0, 0, 64], 2, Errno.NotCapable },
        { "fd_seek", [First, 1, 1, 64], 2, Errno.NotCapable },
        { "fd_seek", [First, 0, 1, 64], 5, Errno.NotCapable },
        { "fd_fdstat_set_flags", [First, 0], 3, Errno.NotCapable },
        { "fd_sync", [First], 4, Errno.NotCapable },
        { "fd_tell", [First, 64], 5, Errno.NotCapable },
        { "fd_write", [First, 0, 0, 64], 6, Errno.BadFileDescriptor },
        { "fd_pwrite", [First, 0, 0, 0, 64], 6, Errno.BadFileDescriptor },
        { "fd_advise", [First, 0, 0, 0], 7, Errno.NotCapable },
        { "fd_allocate", [First, 0, 1], 8, Errno.NotCapable },
        { "fd_filestat_get", [First, 64], 21, Errno.NotCapable },
        { "fd_filestat_set_size", [First, 7], 22, Errno.NotCapable },
        { "fd_filestat_set_times", [First, 0, 0, 0], 23, Errno.NotCapable },
    };

    /// <summary>Each call on a directory; the name at 0 is <c>f</c> and the one at 1 is new.</summary>
    public static TheoryData<string, long[], int> DirectoryCalls => new()
    {
        { "fd_fdstat_set_flags", [First, 0], 3 },
        { "path_create_directory", [First, 1, 1], 9 },
        { "path_open", [First, 0, 1, 1, GuestFiles.Create, 0, 0, 0, 64], 10 },
        { "path_link", [First, 0, 0, 1, Root, 1, 1], 11 },
        { "path_link", [Root, 0, 2, 3, First, 1, 1], 12 },
        { "path_open", [First, 0, 0, 1, 0, 0, 0, 0, 64], 13 },
        { "fd_readdir", [First, 200, 10, 0, 64], 14 },
        { "path_readlink", [First, 5, 1, 200, 1, 64], 15 },
        { "path_rename", [First, 0, 1, Root, 1, 1], 16 },
        { "path_rename", [Root, 2, 3, First, 1, 1], 17 },
        { "path_filestat_get", [First, 0, 0, 1, 64], 18 },
        { "path_open", [First, 0, 0, 1, GuestFiles.Truncate, 0, 0, 0, 64], 19 },
        { "path_filestat_set_times", [First, 0, 0, 1, 0, 0, 0], 20 },
        { "fd_filestat_get", [First, 64], 21 },
        { "fd_filestat_set_times", [First, 0, 0, 0], 23 },
        { "path_symlink", [0, 1, First, 1, 1], 24 },
        { "path_unlink_file", [First, 0, 1], 26 },
    };

    [Theory]
    [MemberData(nameof(FileCalls))]
    public async Task FileCall_OnlyThatRightMissing_Refused(string name, long[] arguments, int bit, int errno)
    {
        var run = await new GuestScript()
            .Open("d/f").Call(name, arguments)
            .Call("fd_fdstat_set_rights", First, FileRights & ~(1L << bit), 0).Call(name, arguments)
            .RunAsync(fixture, bundle: Bundle);

        Assert.Equal([0, 0, 0, errno], run.Errnos);
    }

    [Theory]
    [MemberData(nameof(DirectoryCalls))]
    public async Task DirectoryCall_OnlyThatRightMissing_NotCapable(string name, long[] arguments, int bit)
    {
        var script = new GuestScript().Data(0, "fxd/fl"u8).OpenDirectory("d");

        var allowed = await script.Call(name, arguments).RunAsync(fixture, bundle: Bundle);
        var refused = await new GuestScript().Data(0, "fxd/fl"u8).OpenDirectory("d")
            .Call("fd_fdstat_set_rights", First, DirectoryRights & ~(1L << bit), 0).Call(name, arguments)
            .RunAsync(fixture, bundle: Bundle);

        Assert.Equal([0, 0], allowed.Errnos);
        Assert.Equal([0, 0, Errno.NotCapable], refused.Errnos);
    }

    [Fact]
    public async Task PathRemoveDirectory_WithoutItsRight_NotCapable()
    {
        var run = await new GuestScript()
            .Call("path_create_directory", Root, "e").Call("fd_fdstat_set_rights", Root, DirectoryRights & ~(1L << 25), 0).Call("path_remove_directory", Root, "e")
            .Call("path_remove_directory", 4, "e")
            .RunAsync(fixture);

        Assert.Equal([0, 0, Errno.NotCapable, 0], run.Errnos);
    }

    [Fact]
    public async Task FdFdstatGet_Preopen_HasEverythingForDirectoriesAndInheritsEverything()
    {
        var run = await new GuestScript().Call("fd_fdstat_get", Root, 64).Dump(64, 24).Call("fd_fdstat_get", 4, 64).Dump(64, 24).RunAsync(fixture);

        Assert.Equal([3ul, DirectoryRights, DirectoryRights | FileRights, 3, DirectoryRights, DirectoryRights | FileRights], run.Numbers);
    }

    [Theory]
    [InlineData("d/f", 4, GuestFiles.AllRights, FileRights)]
    [InlineData("d/f", 4, 0, 0)]
    [InlineData("d/f", 4, -1, FileRights)]
    [InlineData("d/f", 4, GuestFiles.ReadRight, GuestFiles.ReadRight)]
    [InlineData("d/f", 4, GuestFiles.WriteRight | (1 << 14), GuestFiles.WriteRight)]
    [InlineData("d", 3, GuestFiles.AllRights & ~GuestFiles.WriteRight, DirectoryRights)]
    [InlineData("d", 3, GuestFiles.SeekRight | (1 << 22) | (1 << 14), 1 << 14)]
    [InlineData("d", 3, 0, 0)]
    public async Task PathOpen_RightsAskedFor_AreMaskedByKindAndByWhatIsInherited(string path, ulong kind, long asked, long given)
    {
        var run = await new GuestScript()
            .Call("path_open", Root, 1, path, 0, asked, -1, 0, 64).Call("fd_fdstat_get", First, 64).Dump(64, 24)
            .RunAsync(fixture, bundle: Bundle);

        Assert.Equal([0, 0], run.Errnos);
        Assert.Equal([kind, (ulong)given, DirectoryRights | FileRights], run.Numbers);
    }

    [Fact]
    public async Task PathOpen_ThroughADirectoryThatInheritsLess_GetsNoMore()
    {
        const long Inheriting = GuestFiles.ReadRight | (1 << 13) | (1 << 14);

        var run = await new GuestScript()
            .Call("path_open", Root, 1, "d", GuestFiles.Directory, -1 & ~GuestFiles.WriteRight, Inheriting, 0, 64)
            .Call("path_open", First, 1, "f", 0, -1, -1, 0, 64).Call("fd_fdstat_get", First + 1, 64).Dump(64, 24)
            .Call("path_open", First, 1, ".", 0, -1 & ~GuestFiles.WriteRight, -1, 0, 64).Call("fd_fdstat_get", First + 2, 64).Dump(64, 24)
            .Write(First + 1, "x")
            .RunAsync(fixture, bundle: Bundle);

        Assert.Equal([0, 0, 0, 0, 0, Errno.BadFileDescriptor], run.Errnos);
        Assert.Equal([4ul, GuestFiles.ReadRight, Inheriting, 3, (1 << 13) | (1 << 14), Inheriting], run.Numbers);
    }

    [Fact]
    public async Task FdFdstatSetRights_Descriptor_ShrinksAndNeverGrows()
    {
        var run = await new GuestScript()
            .Open("d/f", rights: GuestFiles.ReadRight | GuestFiles.SeekRight)
            .Call("fd_fdstat_set_rights", First, GuestFiles.ReadRight | GuestFiles.WriteRight, 0)
            .Call("fd_fdstat_set_rights", First, GuestFiles.ReadRight, GuestFiles.WriteRight)
            .Call("fd_fdstat_set_rights", First, GuestFiles.ReadRight, GuestFiles.SeekRight)
            .Call("fd_fdstat_set_rights", First, 1L << 40, 0)
            .Call("fd_fdstat_get", First, 64).Dump(64, 24)
            .Call("fd_fdstat_set_rights", First, 0, 0)
            .Call("fd_fdstat_set_rights", 99, 0, 0)
            .RunAsync(fixture, bundle: Bundle);

        Assert.Equal([0, Errno.NotCapable, 0, Errno.NotCapable, Errno.NotCapable, 0, 0, 8], run.Errnos);
        Assert.Equal([4ul, GuestFiles.ReadRight, GuestFiles.WriteRight], run.Numbers);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(31)]
    public async Task FdFdstatSetFlags_File_KeepsThem(int flags)
    {
        var run = await new GuestScript()
            .Open("d/f").Call("fd_fdstat_set_flags", First, flags).Call("fd_fdstat_set_flags", First, 32).Call("fd_fdstat_get", First, 64).Dump(66, 2)
            .Open("d/f", fdFlags: flags).Call("fd_fdstat_get", First + 1, 64).Dump(66, 2)
            .RunAsync(fixture, bundle: Bundle);

        Assert.Equal([0, 0, Errno.Invalid, 0, 0, 0], run.Errnos);
        Assert.Equal([(byte)flags, 0, (byte)flags, 0], run.Dumped);
    }
}
