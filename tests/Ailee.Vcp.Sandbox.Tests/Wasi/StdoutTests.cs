using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Merkle;

namespace Ailee.Vcp.Sandbox.Tests.Wasi;

public sealed class StdoutTests(SandboxFixture fixture)
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task FdWrite_SeveralVectors_WritesThemInOrder(int descriptor)
    {
        var run = await new GuestScript()
            .Data(100, "hello world!"u8)
            .Vectors(0, (106, 5), (100, 0), (111, 1), (100, 5))
            .Call("fd_write", descriptor, 0, 4, 64)
            .RunAsync(fixture);

        var written = (descriptor == 1 ? run.Result.Stdout : run.Result.Stderr).ToArray();
        Assert.Equal([0], run.Errnos);
        Assert.Equal("world!hello"u8.ToArray(), written);
        Assert.Equal(Blob.Of(written), descriptor == 1 ? run.Result.Output.Stdout : run.Result.Output.Stderr);
        Assert.Equal(0, (descriptor == 1 ? run.Result.Stderr : run.Result.Stdout).Length);
    }

    [Fact]
    public async Task FdWrite_Count_IsWhatWasWritten()
    {
        var run = await new GuestScript().Vectors(0, (100, 7), (100, 6)).Call("fd_write", 2, 0, 2, 64).Dump(64, 4).RunAsync(fixture);

        Assert.Equal([13, 0, 0, 0], run.Dumped);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task FdWrite_Nothing_Succeeds(int vectors)
    {
        var run = await new GuestScript().Data(64, 9, 9, 9, 9).Call("fd_write", 1, 0, vectors, 64).Dump(64, 4).RunAsync(fixture);

        Assert.Equal([0], run.Errnos);
        Assert.Equal(new byte[4], run.Dumped);
    }

    [Fact]
    public async Task FdWrite_OneVectorOutOfMemory_WritesNothing()
    {
        var run = await new GuestScript().Vectors(0, (100, 4), (GuestScript.MemoryBytes - 1, 2)).Call("fd_write", 1, 0, 2, 64).RunAsync(fixture);

        Assert.Equal([Errno.Fault], run.Errnos);
        Assert.Empty(run.Dumped);
    }

    [Fact]
    public async Task FdWrite_CountOutOfMemory_WritesNothing()
    {
        var run = await new GuestScript().Vectors(0, (100, 4)).Call("fd_write", 1, 0, 1, GuestScript.MemoryBytes - 3).RunAsync(fixture);

        Assert.Equal([Errno.Fault], run.Errnos);
        Assert.Empty(run.Dumped);
    }

    [Theory]
    [InlineData(1024, Errno.Success)]
    [InlineData(1025, Errno.Invalid)]
    [InlineData(-1, Errno.Invalid)]
    public async Task FdWrite_VectorCount_AtMost1024(int count, int errno)
    {
        var run = await new GuestScript().Call("fd_write", 1, 0, count, 16384).RunAsync(fixture);

        Assert.Equal([errno], run.Errnos);
    }

    [Fact]
    public async Task FdWrite_VectorsOverTheWholeMemoryAgain_PaysForEach()
    {
        // 1024 vectors of 128 KiB each: more than the limit, so what is left decides, not what the host could copy.
        var vectors = Enumerable.Repeat((0L, (long)GuestScript.MemoryBytes), 1024).ToArray();

        var run = await new GuestScript().Vectors(0, vectors).Call("fd_write", 1, 0, 1024, 16384).RunAsync(fixture);

        Assert.Equal(Ailee.Vcp.Core.Execution.Outcome.OutOfFuel, run.Result.Outcome);
        Assert.Empty(run.Dumped);
    }

    [Fact]
    public async Task FdWrite_Record_HasTheDigestOfWhatMoved()
    {
        var run = await new GuestScript().Data(100, "abcdef"u8).Vectors(0, (103, 3), (100, 3)).Call("fd_write", 1, 0, 2, 64).RunAsync(fixture);

        var record = Assert.Single(DecodedTrace.Of(run.Result.Trace).Calls);
        Assert.Equal([1ul, 0, 2, 64], record.Arguments);
        Assert.Equal(Digest.Of([.. "defabc"u8, 6, 0, 0, 0]), record.Moved);
    }
}
