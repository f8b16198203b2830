using Ailee.Vcp.Core;

namespace Ailee.Vcp.Sandbox.Tests.Wasi;

/// <summary>Descriptors 0, 1 and 2 are streams. The root follows as 3 and 4; 5 is open once something was opened.</summary>
public sealed class DescriptorTests(SandboxFixture fixture)
{
    private const ulong Read = 1 << 1;
    private const ulong SetFlags = 1 << 3;
    private const ulong Write = 1 << 6;
    private const ulong Stat = 1 << 21;
    private const ulong Poll = 1 << 27;

    /// <summary>Each call on a descriptor that leads to a stream, and what it answers.</summary>
    public static TheoryData<string, int, int> FileCalls => new()
    {
        { "fd_advise", 0, Errno.IllegalSeek },
        { "fd_allocate", 0, Errno.IllegalSeek },
        { "fd_datasync", 0, Errno.Invalid },
        { "fd_filestat_set_size", 0, Errno.Invalid },
        { "fd_filestat_set_times", 0, Errno.Invalid },
        { "fd_pread", 0, Errno.IllegalSeek },
        { "fd_prestat_dir_name", 0, Errno.BadFileDescriptor },
        { "fd_prestat_get", 0, Errno.BadFileDescriptor },
        { "fd_pwrite", 0, Errno.IllegalSeek },
        { "fd_readdir", 0, Errno.NotDirectory },
        { "fd_seek", 0, Errno.IllegalSeek },
        { "fd_sync", 0, Errno.Invalid },
        { "fd_tell", 0, Errno.IllegalSeek },
        { "path_create_directory", 0, Errno.NotDirectory },
        { "path_filestat_get", 0, Errno.NotDirectory },
        { "path_filestat_set_times", 0, Errno.NotDirectory },
        { "path_link", 0, Errno.NotDirectory },
        { "path_open", 0, Errno.NotDirectory },
        { "path_readlink", 0, Errno.NotDirectory },
        { "path_remove_directory", 0, Errno.NotDirectory },
        { "path_rename", 0, Errno.NotDirectory },
        { "path_symlink", 2, Errno.NotDirectory },
        { "path_unlink_file", 0, Errno.NotDirectory },
        { "sock_accept", 0, Errno.NotSocket },
        { "sock_recv", 0, Errno.NotSocket },
        { "sock_send", 0, Errno.NotSocket },
        { "sock_shutdown", 0, Errno.NotSocket },
    };

    [Theory]
    [MemberData(nameof(FileCalls))]
    public async Task FileCall_OnEachStreamAndOnNone_AnswersItsErrno(string name, int descriptorAt, int errno)
    {
        var script = new GuestScript();
        int[] descriptors = [0, 1, 2, 5, -1];
        foreach (var descriptor in descriptors)
        {
            var arguments = new long[WasiSignatures.Parameters(name).Length];
            arguments[descriptorAt] = descriptor;
            script.Call(name, arguments);
        }

        var run = await script.Dump(0, 1024).RunAsync(fixture);

        Assert.Equal([errno, errno, errno, Errno.BadFileDescriptor, Errno.BadFileDescriptor], run.Errnos);
        Assert.Equal(new byte[1024], run.Dumped);
        Assert.All(DecodedTrace.Of(run.Result.Trace).Calls.SkipLast(1).Zip(descriptors), pair => Assert.Equal((uint)pair.Second, pair.First.Arguments[0]));
    }

    [Fact]
    public async Task StreamCall_OnNoStreamOrTheWrongOne_BadFileDescriptor()
    {
        var run = await new GuestScript()
            .Call("fd_read", 1, 0, 0, 16).Call("fd_read", 2, 0, 0, 16).Call("fd_read", 5, 0, 0, 16).Call("fd_read", -1, 0, 0, 16)
            .Call("fd_write", 0, 0, 0, 16).Call("fd_write", 5, 0, 0, 16).Call("fd_write", int.MaxValue, 0, 0, 16)
            .Call("fd_close", 5).Call("fd_fdstat_get", 5, 0).Call("fd_filestat_get", -1, 0)
            .Call("fd_renumber", 5, 1).Call("fd_renumber", 1, 5)
            .RunAsync(fixture);

        Assert.All(run.Errnos, errno => Assert.Equal(Errno.BadFileDescriptor, errno));
        Assert.Equal(12, run.Errnos.Length);
    }

    [Theory]
    [InlineData(0, Read | SetFlags | Stat | Poll)]
    [InlineData(1, Write | SetFlags | Stat | Poll)]
    [InlineData(2, Write | SetFlags | Stat | Poll)]
    public async Task FdFdstatGet_Stream_IsAPipeWithItsRights(int descriptor, ulong rights)
    {
        var run = await new GuestScript().Data(0, Filled(32)).Call("fd_fdstat_get", descriptor, 0).Dump(0, 25).RunAsync(fixture);

        byte[] expected = [0, 0, 0, 0, 0, 0, 0, 0, .. BitConverter.GetBytes(rights), 0, 0, 0, 0, 0, 0, 0, 0];
        Assert.Equal([0], run.Errnos);
        Assert.Equal([.. expected, 0xee], run.Dumped);
        Assert.Equal(Digest.Of(expected), DecodedTrace.Of(run.Result.Trace).Calls[0].Moved);
    }

    [Fact]
    public async Task FdFdstatSetFlags_Stream_KeepsWhatItWasToldAndWritesOn()
    {
        var run = await new GuestScript()
            .Call("fd_fdstat_set_flags", 1, 1 | 4).Call("fd_fdstat_set_flags", 1, 32)
            .Call("fd_fdstat_get", 1, 0).Dump(2, 2)
            .RunAsync(fixture);

        Assert.Equal([0, Errno.Invalid, 0], run.Errnos);
        Assert.Equal([5, 0], run.Dumped);
    }

    [Fact]
    public async Task FdFdstatSetRights_Stream_OnlyShrinks()
    {
        var run = await new GuestScript()
            .Call("fd_fdstat_set_rights", 2, (long)(Write | Stat | Read), 0)
            .Call("fd_fdstat_set_rights", 2, (long)Write, 1)
            .Call("fd_fdstat_set_rights", 2, (long)Stat, 0)
            .Call("fd_fdstat_set_rights", 2, (long)(Write | Stat), 0)
            .Call("fd_write", 2, 0, 0, 16)
            .Call("fd_fdstat_set_flags", 2, 0)
            .Call("fd_filestat_get", 2, 64)
            .Call("fd_fdstat_get", 2, 0).Dump(8, 8)
            .RunAsync(fixture);

        Assert.Equal([Errno.NotCapable, Errno.NotCapable, 0, Errno.NotCapable, Errno.BadFileDescriptor, Errno.NotCapable, 0, 0], run.Errnos);
        Assert.Equal(BitConverter.GetBytes(Stat), run.Dumped);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task FdFilestatGet_Stream_HasFixedNumbersOnly(int descriptor)
    {
        var run = await new GuestScript().Data(0, Filled(80)).Call("fd_filestat_get", descriptor, 0).Dump(0, 65).RunAsync(fixture);

        var expected = new byte[64];
        expected[8] = (byte)(descriptor + 1); // inode
        expected[24] = 1; // links
        Assert.Equal([0], run.Errnos);
        Assert.Equal([.. expected, 0xee], run.Dumped);
    }

    [Fact]
    public async Task FdClose_Stream_IsGone()
    {
        var run = await new GuestScript()
            .Call("fd_close", 2).Call("fd_close", 2).Call("fd_write", 2, 0, 0, 16).Call("fd_fdstat_get", 2, 0)
            .Call("fd_close", 0).Call("fd_read", 0, 0, 0, 16)
            .RunAsync(fixture);

        Assert.Equal([0, 8, 8, 8, 0, 8], run.Errnos);
    }

    [Fact]
    public async Task FdRenumber_StderrOverStdout_MovesTheStream()
    {
        var run = await new GuestScript()
            .Data(100, "abc"u8).Vectors(0, (100, 3))
            .Call("fd_renumber", 2, 1)
            .Call("fd_write", 1, 0, 1, 16)
            .Call("fd_write", 2, 0, 1, 16)
            .RunAsync(fixture);

        Assert.Equal([0, 0, 8], run.Errnos);
        Assert.Equal("abc"u8.ToArray(), run.Result.Stderr.ToArray());
        Assert.Empty(run.Dumped);
    }

    [Fact]
    public async Task FdRenumber_OntoItself_KeepsIt()
    {
        var run = await new GuestScript().Call("fd_renumber", 1, 1).Data(100, "abc"u8).Dump(100, 3).RunAsync(fixture);

        Assert.Equal([0], run.Errnos);
        Assert.Equal("abc"u8.ToArray(), run.Dumped);
    }

    [Fact]
    public async Task FdRenumber_StdinOverStdout_ReadsThere()
    {
        var run = await new GuestScript()
            .Vectors(0, (100, 3))
            .Call("fd_renumber", 0, 1)
            .Call("fd_read", 1, 0, 1, 16)
            .Call("fd_read", 0, 0, 1, 16)
            .Call("fd_write", 1, 0, 1, 16)
            .RunAsync(fixture, stdin: "xyz"u8.ToArray());

        Assert.Equal([0, 0, 8, 8], run.Errnos);
    }

    [Fact]
    public async Task SchedYieldAndProcRaise_Always_AnswerTheirErrno()
    {
        var run = await new GuestScript().Call("sched_yield").Call("proc_raise", 9).RunAsync(fixture);

        Assert.Equal([Errno.Success, Errno.NotSupported], run.Errnos);
    }

    private static byte[] Filled(int length) => [.. Enumerable.Repeat((byte)0xee, length)];
}
