using Ailee.Vcp.Core;

namespace Ailee.Vcp.Sandbox.Tests.Wasi;

public sealed class StdinTests(SandboxFixture fixture)
{
    private static readonly byte[] Alphabet = "abcdefghijklmnopqrstuvwxyz"u8.ToArray();

    [Fact]
    public async Task FdRead_InPieces_GivesEveryByteOnceAndThenEnds()
    {
        var script = new GuestScript().Vectors(0, (100, 10));
        for (var i = 0; i < 4; i++)
        {
            script.Call("fd_read", 0, 0, 1, 16).Dump(16, 4).Dump(100, 10);
        }

        var run = await script.RunAsync(fixture, stdin: Alphabet);

        // The last piece is short, then nothing comes; what the buffer held stays.
        Assert.Equal([0, 0, 0, 0], run.Errnos);
        Assert.Equal(
            [
                .. Count(10), .. "abcdefghij"u8,
                .. Count(10), .. "klmnopqrst"u8,
                .. Count(6), .. "uvwxyzqrst"u8,
                .. Count(0), .. "uvwxyzqrst"u8,
            ],
            run.Dumped);
    }

    [Fact]
    public async Task FdRead_SeveralVectors_FillsThemInOrder()
    {
        var run = await new GuestScript()
            .Vectors(0, (200, 3), (100, 0), (300, 5), (250, 100))
            .Call("fd_read", 0, 0, 4, 64)
            .Dump(64, 4).Dump(200, 3).Dump(300, 5).Dump(250, 20)
            .RunAsync(fixture, stdin: Alphabet);

        Assert.Equal([0], run.Errnos);
        Assert.Equal([.. Count(26), .. "abc"u8, .. "defgh"u8, .. "ijklmnopqrstuvwxyz"u8, 0, 0], run.Dumped);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task FdRead_NothingAskedFor_TakesNothing(int vectors)
    {
        var run = await new GuestScript()
            .Vectors(0, (100, 0)).Vectors(8, (100, 4)).Data(16, 9, 9, 9, 9)
            .Call("fd_read", 0, 0, vectors, 16).Dump(16, 4)
            .Call("fd_read", 0, 8, 1, 16).Dump(100, 4)
            .RunAsync(fixture, stdin: Alphabet);

        Assert.Equal([0, 0], run.Errnos);
        Assert.Equal([.. Count(0), .. "abcd"u8], run.Dumped);
    }

    [Fact]
    public async Task FdRead_EmptyStdin_EndsAtOnce()
    {
        var run = await new GuestScript().Vectors(0, (100, 4)).Data(16, 9, 9, 9, 9).Call("fd_read", 0, 0, 1, 16).Dump(16, 4).RunAsync(fixture);

        Assert.Equal([0], run.Errnos);
        Assert.Equal(Count(0), run.Dumped);
    }

    [Fact]
    public async Task FdRead_OverwritesItsNextVector_FollowsWhatItWrote()
    {
        // Stdin lies over the second vector and makes it (300, 2).
        byte[] stdin = [44, 1, 0, 0, 2, 0, 0, 0, (byte)'x', (byte)'y', (byte)'z'];

        var run = await new GuestScript()
            .Vectors(0, (8, 8), (100, 50))
            .Call("fd_read", 0, 0, 2, 64)
            .Dump(64, 4).Dump(300, 3).Dump(100, 1)
            .RunAsync(fixture, stdin: stdin);

        Assert.Equal([0], run.Errnos);
        Assert.Equal([.. Count(10), (byte)'x', (byte)'y', 0, 0], run.Dumped);
    }

    [Fact]
    public async Task FdRead_MakesItsNextVectorHostile_SkipsIt()
    {
        // The second vector becomes (0xffffffff, 0xffffffff), after the check that all lie in memory.
        byte[] stdin = [255, 255, 255, 255, 255, 255, 255, 255, (byte)'x', (byte)'y'];

        var run = await new GuestScript()
            .Vectors(0, (8, 8), (100, 50), (200, 1))
            .Call("fd_read", 0, 0, 3, 64)
            .Dump(64, 4).Dump(200, 2)
            .RunAsync(fixture, stdin: stdin);

        Assert.Equal([0], run.Errnos);
        Assert.Equal([.. Count(9), (byte)'x', 0], run.Dumped);
    }

    [Fact]
    public async Task FdRead_CountOverTheBuffer_IsWrittenLast()
    {
        var run = await new GuestScript().Vectors(0, (100, 8)).Call("fd_read", 0, 0, 1, 102).Dump(100, 8).RunAsync(fixture, stdin: Alphabet);

        Assert.Equal([(byte)'a', (byte)'b', .. Count(8), (byte)'g', (byte)'h'], run.Dumped);
    }

    [Theory]
    [InlineData(1024, Errno.Success)]
    [InlineData(1025, Errno.Invalid)]
    [InlineData(-1, Errno.Invalid)]
    public async Task FdRead_VectorCount_AtMost1024(int count, int errno)
    {
        var run = await new GuestScript().Call("fd_read", 0, 0, count, 16).RunAsync(fixture, stdin: Alphabet);

        Assert.Equal([errno], run.Errnos);
    }

    [Fact]
    public async Task FdRead_Record_HasTheDigestOfWhatMoved()
    {
        var run = await new GuestScript().Vectors(0, (100, 3), (200, 2)).Call("fd_read", 0, 0, 2, 64).RunAsync(fixture, stdin: Alphabet);

        var record = Assert.Single(DecodedTrace.Of(run.Result.Trace).Calls);
        Assert.Equal([0ul, 0, 2, 64], record.Arguments);
        Assert.Equal(Digest.Of([.. "abcde"u8, .. Count(5)]), record.Moved);
    }

    [Fact]
    public async Task FdRead_LargeStdin_ArrivesWhole()
    {
        var stdin = new byte[60_000];
        new Random(1).NextBytes(stdin);

        var run = await new GuestScript().Vectors(0, (1000, 64_000)).Call("fd_read", 0, 0, 1, 8).Dump(1000, 60_000).RunAsync(fixture, stdin: stdin);

        Assert.Equal(stdin, run.Dumped);
    }

    private static byte[] Count(int count) => BitConverter.GetBytes(count);
}
