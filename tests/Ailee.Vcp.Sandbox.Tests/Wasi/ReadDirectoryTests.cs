using System.Buffers.Binary;
using System.Text;
using Ailee.Vcp.Core.Bundles;

namespace Ailee.Vcp.Sandbox.Tests.Wasi;

public sealed class ReadDirectoryTests(SandboxFixture fixture)
{
    private const int Root = GuestFiles.Root;
    private const int First = GuestFiles.First;
    private const int Buffer = 1000;
    private const int Used = 500;
    private const int Head = 24;

    private static readonly Bundle Bundle = TestBundle.Of(
        TestBundle.File("d/a", "text"), TestBundle.Directory("d/bb"), TestBundle.Link("d/ccc", "a"), TestBundle.File("e/ü"));

    [Fact]
    public async Task FdReaddir_WholeDirectory_NamesEverythingWithItsNumberKindAndCookie()
    {
        var run = await new GuestScript().OpenDirectory("d").Call("fd_readdir", First, Buffer, 1000, 0, Used).DumpCounted(Buffer, Used).RunAsync(fixture, bundle: Bundle);

        Assert.Equal([0, 0], run.Errnos);
        Assert.Equal([new(1, 5, 3, "."), new(2, 5, 3, ".."), new(3, 6, 4, "a"), new(4, 7, 3, "bb"), new(5, 8, 7, "ccc")], Entries(run.Dumped));
        Assert.Equal((5 * Head) + 1 + 2 + 1 + 2 + 3, run.Dumped.Length);
    }

    [Fact]
    public async Task FdReaddir_EmptyDirectory_HasItselfAndAbove()
    {
        var run = await new GuestScript().OpenDirectory("d/bb").Call("fd_readdir", First, Buffer, 1000, 0, Used).DumpCounted(Buffer, Used).RunAsync(fixture, bundle: Bundle);

        Assert.Equal([".", ".."], Entries(run.Dumped).Select(entry => entry.Name));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task FdReaddir_Cookie_GoesOnAfterThatEntry(int cookie)
    {
        var run = await new GuestScript().OpenDirectory("d").Call("fd_readdir", First, Buffer, 1000, cookie, Used).DumpCounted(Buffer, Used).RunAsync(fixture, bundle: Bundle);

        string[] names = [".", "..", "a", "bb", "ccc"];
        Assert.Equal(names[cookie..], Entries(run.Dumped).Select(entry => entry.Name));
    }

    [Theory]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(int.MaxValue)]
    [InlineData(long.MaxValue)]
    [InlineData(-1)]
    public async Task FdReaddir_CookieAtOrBeyondTheEnd_Nothing(long cookie)
    {
        var run = await new GuestScript().Data(Used, 9, 9, 9, 9).OpenDirectory("d").Call("fd_readdir", First, Buffer, 1000, cookie, Used).Dump(Used, 4).RunAsync(fixture, bundle: Bundle);

        Assert.Equal([0, 0], run.Errnos);
        Assert.Equal(new byte[4], run.Dumped);
    }

    [Fact]
    public async Task FdReaddir_EveryBufferSize_IsFilledToTheLastByteWhileThereIsMore()
    {
        var script = new GuestScript().OpenDirectory("d").Call("fd_readdir", First, Buffer, 1000, 0, Used).DumpCounted(Buffer, Used);
        const int Whole = (5 * Head) + 9;
        for (var length = 0; length <= Whole + 1; length++)
        {
            script.Code($"(memory.fill (i32.const {Buffer}) (i32.const 238) (i32.const 200))")
                .Call("fd_readdir", First, Buffer, length, 0, Used).Dump(Used, 4).Dump(Buffer, 200);
        }

        var run = await script.RunAsync(fixture, bundle: Bundle);

        var whole = run.Dumped[..Whole];
        var parts = run.Dumped[Whole..].Chunk(204).ToList();
        Assert.Equal(Whole + 2, parts.Count);
        for (var length = 0; length < parts.Count; length++)
        {
            var used = Math.Min(length, Whole);
            Assert.Equal(used, BinaryPrimitives.ReadInt32LittleEndian(parts[length]));
            Assert.Equal(whole[..used], parts[length][4..(4 + used)]);
            Assert.All(parts[length][(4 + used)..], value => Assert.Equal(238, value));
        }
    }

    [Fact]
    public async Task FdReaddir_RemovalWhileIterating_NeitherSkipsNorRepeats()
    {
        var run = await new GuestScript()
            .OpenDirectory("d")
            .Call("fd_readdir", First, Buffer, 3 * Head + 4, 0, Used).DumpCounted(Buffer, Used)
            .Call("path_unlink_file", First, "a").Open("aa", GuestFiles.Create, directory: First)
            .Call("fd_readdir", First, Buffer, 1000, 3, Used).DumpCounted(Buffer, Used)
            .Call("fd_readdir", First, Buffer, 1000, 0, Used).DumpCounted(Buffer, Used)
            .Call("fd_readdir", First, Buffer, 1000, 2, Used).DumpCounted(Buffer, Used)
            .RunAsync(fixture, bundle: Bundle);

        Assert.All(run.Errnos, errno => Assert.Equal(0, errno));
        Assert.Equal([".", "..", "a", "bb", "ccc", ".", "..", "aa", "bb", "ccc", "aa", "bb", "ccc"], Entries(run.Dumped).Select(entry => entry.Name));
    }

    [Fact]
    public async Task FdReaddir_TwoDescriptors_EachHasItsOwnListing()
    {
        var run = await new GuestScript()
            .OpenDirectory("d").OpenDirectory("d")
            .Call("fd_readdir", First, Buffer, 10, 0, Used)
            .Call("path_unlink_file", First, "a")
            .Call("fd_readdir", First + 1, Buffer, 1000, 2, Used).DumpCounted(Buffer, Used)
            .Call("fd_readdir", First, Buffer, 1000, 2, Used).DumpCounted(Buffer, Used)
            .RunAsync(fixture, bundle: Bundle);

        Assert.Equal(["bb", "ccc", "a", "bb", "ccc"], Entries(run.Dumped).Select(entry => entry.Name));
    }

    [Fact]
    public async Task FdReaddir_NumberOfAnEntry_IsItsFilestats()
    {
        var run = await new GuestScript()
            .OpenDirectory("e").Call("fd_readdir", First, Buffer, 1000, 2, Used).DumpCounted(Buffer, Used).Call("path_filestat_get", Root, 0, "e/ü", 64).Dump(72, 8)
            .RunAsync(fixture, bundle: Bundle);

        var entry = Assert.Single(Entries(run.Dumped[..^8]));
        Assert.Equal("ü", entry.Name);
        Assert.Equal(entry.Number, BitConverter.ToUInt64(run.Dumped.AsSpan()[^8..]));
    }

    [Theory]
    [InlineData(First, Errno.NotDirectory)]
    [InlineData(0, Errno.NotDirectory)]
    [InlineData(99, Errno.BadFileDescriptor)]
    public async Task FdReaddir_NoDirectory_Answers(int descriptor, int errno)
    {
        var run = await new GuestScript().Open("d/a").Call("fd_readdir", descriptor, Buffer, 100, 0, Used).RunAsync(fixture, bundle: Bundle);

        Assert.Equal([0, errno], run.Errnos);
    }

    [Theory]
    [InlineData(-1, 100, Used)]
    [InlineData(GuestScript.MemoryBytes - 99, 100, Used)]
    [InlineData(Buffer, -1, Used)]
    [InlineData(Buffer, 100, -1)]
    [InlineData(Buffer, 100, GuestScript.MemoryBytes - 3)]
    public async Task FdReaddir_PointerOutOfMemory_FaultAndNothingWritten(long buffer, long length, long used)
    {
        var run = await new GuestScript().Call("fd_readdir", Root, buffer, length, 0, used).Dump(Buffer, 100).RunAsync(fixture, bundle: Bundle);

        Assert.Equal([Errno.Fault], run.Errnos);
        Assert.Equal(new byte[100], run.Dumped);
    }

    [Fact]
    public async Task FdReaddir_ListingsBeyondWhatTheHostKeeps_NoMemoryUntilOneIsClosed()
    {
        // 2^20 names in all: 15 listings of 66 000 fit, a 16th does not.
        const int Names = 66_000;
        var bundle = new Bundle(Enumerable.Range(0, Names).Select(i => TestBundle.Directory($"{i}")));
        var script = new GuestScript();
        for (var i = 0; i < 16; i++)
        {
            script.OpenDirectory(".").Call("fd_readdir", First + i, Buffer, 0, 0, Used);
        }

        script.Call("fd_readdir", First, Buffer, 0, 0, Used).Call("fd_readdir", First + 15, Buffer, 0, 0, Used)
            .Call("fd_close", First).Call("fd_readdir", First + 15, Buffer, 0, 0, Used);
        var run = await script.RunAsync(fixture, SandboxFixture.Function() with { Limits = SandboxFixture.DefaultLimits with { Instructions = 100_000_000 } }, bundle: bundle);

        Assert.Equal([.. Enumerable.Repeat(0, 31), Errno.NoMemory, 0, Errno.NoMemory, 0, 0], run.Errnos);
        Assert.InRange(run.Result.Instructions, 19 * Names * 20, (19 * Names * 20) + 20_000);
    }

    private static List<Entry> Entries(byte[] bytes)
    {
        var entries = new List<Entry>();
        for (var rest = bytes.AsSpan(); rest.Length >= Head;)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(rest[16..]);
            if (rest.Length < Head + length)
            {
                break;
            }

            Assert.Equal([0, 0, 0], rest[21..24].ToArray());
            entries.Add(new(BinaryPrimitives.ReadUInt64LittleEndian(rest), BinaryPrimitives.ReadUInt64LittleEndian(rest[8..]), rest[20], Encoding.UTF8.GetString(rest.Slice(Head, length))));
            rest = rest[(Head + length)..];
        }

        return entries;
    }

    private sealed record Entry(ulong Next, ulong Number, byte Kind, string Name);
}
