using System.Buffers.Binary;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Bundles;
using Ailee.Vcp.Sandbox.Wasi;

namespace Ailee.Vcp.Sandbox.Tests.Wasi;

public sealed class FileStatTests(SandboxFixture fixture)
{
    private const int Root = GuestFiles.Root;
    private const int First = GuestFiles.First;
    private const ulong Clock = 1_700_000_000_000_000_000;
    private const int Access = 1, AccessNow = 2, Modify = 4, ModifyNow = 8;

    private static readonly Bundle Bundle = TestBundle.Of(TestBundle.File("a", "bundled"), TestBundle.Directory("d"), TestBundle.Link("l", "a"));

    [Fact]
    public async Task PathFilestatGet_EachKind_HasFixedNumbersAndTheVirtualTime()
    {
        var stats = await StatsAsync(new GuestScript().Stat(".").Stat("a").Stat("d").Stat("l").Stat("l", lookup: 0));

        Assert.Equal(
            [
                new Stat(1, 4, 3, 1, 0, Clock, Clock, Clock),
                new Stat(1, 5, 4, 1, 7, Clock, Clock, Clock),
                new Stat(1, 6, 3, 1, 0, Clock, Clock, Clock),
                new Stat(1, 5, 4, 1, 7, Clock, Clock, Clock),
                new Stat(1, 7, 7, 1, 1, Clock, Clock, Clock),
            ],
            stats);
    }

    [Fact]
    public async Task FdFilestatGet_Descriptor_IsWhatThePathSays()
    {
        var stats = await StatsAsync(new GuestScript().Open("a").OpenDirectory("d").Stat(First).Stat("a").Stat(First + 1).Stat("d").Stat(Root).Stat(4).Stat("."));

        Assert.Equal(stats[1], stats[0]);
        Assert.Equal(stats[3], stats[2]);
        Assert.Equal(stats[5], stats[4]);
        Assert.Equal(stats[6], stats[4]);
    }

    [Fact]
    public async Task FdFilestatGet_AfterChanges_HasSizeLinksAndTheClockAsItMoved()
    {
        const ulong Step = VirtualClock.StepNanoseconds;

        var stats = await StatsAsync(new GuestScript()
            .Open("a").Call("clock_time_get", 0, 0, 64).Write(First, "0123456789").Stat(First)
            .Call("clock_time_get", 0, 0, 64).Call("path_link", Root, 0, "a", Root, "b").Stat(First)
            .Call("clock_time_get", 0, 0, 64).Call("path_unlink_file", Root, "a").Call("path_unlink_file", Root, "b").Stat(First)
            .Open("new", GuestFiles.Create).Stat(First + 1));

        Assert.Equal(
            [
                new Stat(1, 5, 4, 1, 10, Clock, Clock + Step, Clock + Step),
                new Stat(1, 5, 4, 2, 10, Clock, Clock + Step, Clock + (2 * Step)),
                new Stat(1, 5, 4, 0, 10, Clock, Clock + Step, Clock + (3 * Step)),
                new Stat(1, 8, 4, 1, 0, Clock + (3 * Step), Clock + (3 * Step), Clock + (3 * Step)),
            ],
            stats);
    }

    [Theory]
    [InlineData(0, Clock, Clock)]
    [InlineData(Access, 11, Clock)]
    [InlineData(Modify, Clock, 22)]
    [InlineData(Access | Modify, 11, 22)]
    [InlineData(AccessNow, Clock + VirtualClock.StepNanoseconds, Clock)]
    [InlineData(ModifyNow | Access, 11, Clock + VirtualClock.StepNanoseconds)]
    public async Task SetTimes_Flags_SetWhatTheySay(int flags, ulong access, ulong modify)
    {
        const ulong Now = Clock + VirtualClock.StepNanoseconds;

        var stats = await StatsAsync(new GuestScript()
            .Call("clock_time_get", 0, 0, 64).Open("a").OpenDirectory("d")
            .Call("fd_filestat_set_times", First, 11, 22, flags).Stat("a")
            .Call("fd_filestat_set_times", First + 1, 11, 22, flags).Stat("d")
            .Call("path_filestat_set_times", Root, 0, "l", 11, 22, flags).Stat("l", lookup: 0).Stat("l")
            .Call("path_filestat_set_times", Root, 1, "l", 33, 44, Access | Modify).Stat("l"));

        Assert.Equal([(access, modify, Now), (access, modify, Now), (access, modify, Now), (access, modify, Now), (33ul, 44ul, Now)], stats.Select(stat => (stat.Access, stat.Modify, stat.Change)));
    }

    [Theory]
    [InlineData(Access | AccessNow)]
    [InlineData(Modify | ModifyNow)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(-1)]
    public async Task SetTimes_FlagsThatContradict_InvalidAndNothingSet(int flags)
    {
        var run = await new GuestScript()
            .Call("clock_time_get", 0, 0, 64).Open("a")
            .Call("fd_filestat_set_times", First, 11, 22, flags).Call("path_filestat_set_times", Root, 0, "a", 11, 22, flags).Stat("a")
            .RunAsync(fixture, SandboxFixture.Function() with { ClockNanoseconds = Clock }, bundle: Bundle);

        Assert.Equal([0, 0, Errno.Invalid, Errno.Invalid, 0], run.Errnos);
        Assert.Equal(new Stat(1, 5, 4, 1, 7, Clock, Clock, Clock), Stat.Read(run.Dumped));
    }

    [Fact]
    public async Task FdFilestatSetSize_Sizes_CutAndGrow()
    {
        var run = await new GuestScript()
            .Open("a").Call("fd_filestat_set_size", First, 3).Call("fd_filestat_set_size", First, 6).Read(First, 10)
            .Call("fd_filestat_set_size", Root, 0).Call("fd_filestat_set_size", 99, 0)
            .RunAsync(fixture, bundle: Bundle);

        Assert.Equal([0, 0, 0, 0, Errno.IsDirectory, Errno.BadFileDescriptor], run.Errnos);
        Assert.Equal("bun\0\0\0", run.Text);
    }

    [Theory]
    [InlineData(0, 100, 100)]
    [InlineData(10, 10, 20)]
    [InlineData(2, 3, 7)]
    [InlineData(5, 5, 10)]
    public async Task FdAllocate_Range_GrowsTheFileToIt(long offset, long length, ulong size)
    {
        var stats = await StatsAsync(new GuestScript().Open("a").Call("fd_allocate", First, offset, length).Stat("a"));

        Assert.Equal(size, stats[0].Size);
    }

    [Theory]
    [InlineData(First, 0, 0, Errno.Invalid)]
    [InlineData(First, -1, 10, Errno.Invalid)]
    [InlineData(First, 10, -1, Errno.Invalid)]
    [InlineData(First, long.MaxValue, long.MaxValue, Errno.FileTooLarge)]
    [InlineData(First, 0, long.MaxValue, Errno.NoSpace)]
    [InlineData(First, 0, 1024 * 1024, Errno.Success)]
    [InlineData(First, 1, 1024 * 1024, Errno.NoSpace)]
    [InlineData(Root, 0, 10, Errno.IsDirectory)]
    [InlineData(99, 0, 10, Errno.BadFileDescriptor)]
    public async Task FdAllocate_Arguments_Answers(int descriptor, long offset, long length, int errno)
    {
        var run = await new GuestScript().Open("a").Call("fd_allocate", descriptor, offset, length).RunAsync(fixture, bundle: Bundle);

        Assert.Equal([0, errno], run.Errnos);
    }

    [Fact]
    public async Task FdAdviseSyncDatasync_Descriptors_ChangeNothing()
    {
        var run = await new GuestScript()
            .Open("a")
            .Call("fd_advise", First, 0, 10, 0).Call("fd_advise", First, -1, -1, 5).Call("fd_advise", First, 0, 0, 6).Call("fd_advise", First, 0, 0, -1)
            .Call("fd_advise", Root, 0, 0, 0).Call("fd_advise", 99, 0, 0, 0)
            .Call("fd_sync", First).Call("fd_datasync", First).Call("fd_sync", Root).Call("fd_datasync", Root).Call("fd_sync", 99).Call("fd_datasync", 99)
            .RunAsync(fixture, bundle: Bundle);

        Assert.Equal([0, 0, 0, Errno.Invalid, Errno.Invalid, 8, 8, 0, 0, 0, 0, 8, 8], run.Errnos);
    }

    [Theory]
    [InlineData("fd_filestat_get", new long[] { First, -1 })]
    [InlineData("fd_filestat_get", new long[] { First, GuestScript.MemoryBytes - 63 })]
    [InlineData("fd_fdstat_get", new long[] { First, GuestScript.MemoryBytes - 23 })]
    [InlineData("path_filestat_get", new long[] { Root, 1, 0, 1, GuestScript.MemoryBytes - 63 })]
    [InlineData("fd_prestat_get", new long[] { Root, GuestScript.MemoryBytes - 7 })]
    [InlineData("fd_prestat_dir_name", new long[] { Root, GuestScript.MemoryBytes, 1 })]
    public async Task Call_ResultOutOfMemory_Fault(string name, long[] arguments)
    {
        var run = await new GuestScript().Data(0, "a"u8).Open("a").Call(name, arguments).RunAsync(fixture, bundle: Bundle);

        Assert.Equal([0, Errno.Fault], run.Errnos);
    }

    [Fact]
    public async Task Record_Filestat_HasItsDigest()
    {
        var run = await new GuestScript().Stat("a").RunAsync(fixture, bundle: Bundle);

        Assert.Equal(Digest.Of([.. "a"u8, .. run.Dumped]), DecodedTrace.Of(run.Result.Trace).Calls[0].Moved);
    }

    private async Task<List<Stat>> StatsAsync(GuestScript script)
    {
        var run = await script.RunAsync(fixture, SandboxFixture.Function() with { ClockNanoseconds = Clock }, bundle: Bundle);
        Assert.All(run.Errnos, errno => Assert.Equal(Errno.Success, errno));
        return [.. run.Dumped.Chunk(64).Select(Stat.Read)];
    }

    private readonly record struct Stat(ulong Device, ulong Inode, ulong Kind, ulong Links, ulong Size, ulong Access, ulong Modify, ulong Change)
    {
        public static Stat Read(byte[] bytes)
        {
            var numbers = bytes.Chunk(8).Select(eight => BinaryPrimitives.ReadUInt64LittleEndian(eight)).ToList();
            return new Stat(numbers[0], numbers[1], numbers[2], numbers[3], numbers[4], numbers[5], numbers[6], numbers[7]);
        }
    }
}
