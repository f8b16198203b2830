using System.Text;
using Ailee.Vcp.Core.Bundles;
using CsCheck;
using static Ailee.Vcp.Core.Tests.Bundles.RawTar;

namespace Ailee.Vcp.Core.Tests.Bundles;

/// <summary>Tars that are damaged, too much, or that want to get out.</summary>
public sealed class HostileTarTests
{
    private static readonly BundleLimits Small = new(10, 4, 1000, 200);

    public static TheoryData<string, byte[]> Unsafe => new()
    {
        { "up", Of(File("../a")) },
        { "up within", Of(File("a/../../b")) },
        { "up and back", Of(File("a/../b")) },
        { "up alone", Of(Directory("..")) },
        { "up at the end", Of(Directory("a/..")) },
        { "absolute", Of(File("/etc/passwd")) },
        { "absolute directory", Of(Directory("/")) },
        { "up in a pax header", Of(Pax(("path", "a/../../b")), File("harmless")) },
        { "absolute in a pax header", Of(Pax(("path", "/a")), File("harmless")) },
        { "NUL in a pax header", Of(Pax(("path", "a\0b")), File("harmless")) },
        { "up in GNU's long name", Of(Gnu('L', string.Concat(Enumerable.Repeat("a/", 60)) + "../../../b"), File("harmless")) },
        { "up in ustar's prefix", Of(Entry('0', "b"u8.ToArray(), prefix: "a/.."u8.ToArray())) },
        { "a link up", Of(Symlink("a", "../b")) },
        { "a link up from below", Of(Symlink("a/b", "../../c")) },
        { "a link down and up", Of(Symlink("a", "b/../../c")) },
        { "an absolute link", Of(Symlink("a", "/etc/passwd")) },
        { "a link up in a pax header", Of(Pax(("linkpath", "../../b")), Symlink("a", "harmless")) },
        { "a link up in GNU's long link", Of(Gnu('K', "./../b"), Symlink("a", "harmless")) },
        { "NUL in a link", Of(Pax(("linkpath", "a\0b")), Symlink("a", "harmless")) },
        { "a hard link up", Of(File("a"), HardLink("b", "../a")) },
        { "an absolute hard link", Of(File("a"), HardLink("b", "/a")) },
        { "a character device", Of(Entry('3', "a"u8.ToArray())) },
        { "a block device", Of(Entry('4', "a"u8.ToArray())) },
        { "a pipe", Of(Entry('6', "a"u8.ToArray())) },
    };

    public static TheoryData<string, byte[]> Invalid => new()
    {
        { "nothing", [] },
        { "one byte", [0] },
        { "text", Encoding.UTF8.GetBytes(new string('x', 2000)) },
        { "a lone block of zeros", new byte[512] },
        { "a lone block of zeros within", [.. File("a"), .. new byte[512], .. File("b"), .. End] },
        { "something after the end", [.. Of(File("a")), .. File("b")] },
        { "a byte after the end", [.. Of(File("a")), 1] },
        { "endless padding", [.. Of(File("a")), .. new byte[(1 << 20) + 1]] },
        { "a wrong checksum", Changed(File("a"), 0) },
        { "a size that is no number", Of(Entry('0', "a"u8.ToArray(), size: "0000000000x\0")) },
        { "a negative size", Of(Entry('0', "a"u8.ToArray(), size: "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff")) },
        { "a size larger than what follows", [.. Entry('0', "a"u8.ToArray(), size: "00000001750\0"), .. new byte[512]] },
        { "a size smaller than what follows", Of(Entry('0', "a"u8.ToArray(), content: Encoding.UTF8.GetBytes(new string('x', 600)), size: "00000000010\0")) },
        { "a file without a name", Of(File("")) },
        { "a link without a target", Of(Symlink("a", "")) },
        { "a file in a file", Of(File("a"), File("a/b")) },
        { "a file in a link", Of(Symlink("a", "b"), File("a/c")) },
        { "a directory in a file", Of(File("a"), Directory("a/b")) },
        { "a file where a directory is", Of(File("a/b"), File("a")) },
        { "a link where a file is", Of(File("a"), Symlink("a", "b")) },
        { "a directory where a link is", Of(Symlink("a", "b"), Directory("a")) },
        { "a hard link to nothing", Of(HardLink("a", "b")) },
        { "a hard link to a directory", Of(Directory("b"), HardLink("a", "b")) },
        { "a hard link to a link", Of(Symlink("b", "c"), HardLink("a", "b")) },
        { "a hard link to what follows", Of(HardLink("a", "b"), File("b")) },
        { "a name that is not UTF-8", Of(Entry('0', [0xc3, 0x28])) },
        { "a pax name that is not UTF-8", Of(Entry('x', "pax"u8.ToArray(), content: Record("path", [0xff])), File("a")) },
        { "a target that is not UTF-8", Of(Entry('2', "a"u8.ToArray(), [0xed, 0xa0, 0x80])) },
        { "a segment of 256 bytes", Of(Pax(("path", new string('a', 256))), File("a")) },
        { "a sparse file of GNU", Of(Entry('S', "a"u8.ToArray())) },
        { "a sparse file in pax", Of(Pax(("GNU.sparse.major", "1")), File("a")) },
        { "an unknown type", Of(Entry('Z', "a"u8.ToArray())) },
        { "a pax header at the end", Of(Pax(("path", "a"))) },
        { "a pax record without a length", Of(Entry('x', "pax"u8.ToArray(), content: "path=a\n"u8.ToArray()), File("a")) },
        { "a pax record that is too long", Of(Entry('x', "pax"u8.ToArray(), content: "99 path=a\n"u8.ToArray()), File("a")) },
        { "a pax record of length 0", Of(Entry('x', "pax"u8.ToArray(), content: "0 path=a\n"u8.ToArray()), File("a")) },
        { "a pax record that wraps around", Of(Entry('x', "pax"u8.ToArray(), content: "4294967306 path=a\n"u8.ToArray()), File("a")) },
        { "a pax record without an end", Of(Entry('x', "pax"u8.ToArray(), content: "9 path=ab"u8.ToArray()), File("a")) },
        { "a pax record without a keyword", Of(Entry('x', "pax"u8.ToArray(), content: "5 =a\n"u8.ToArray()), File("a")) },
        { "a pax size that is no number", Of(Pax(("size", "-1")), File("a")) },
        { "a pax size larger than what follows", Of(Pax(("size", "900")), File("a")) },
        { "a global header that names every file", Of(Entry('g', "g"u8.ToArray(), content: Record("path", "a"u8.ToArray())), File("b")) },
        { "gzip that is none", [0x1f, 0x8b, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10] },
        { "gzip of nothing", BundleTarReaderTests.Gzip([]) },
    };

    public static TheoryData<string, byte[]> TooLarge => new()
    {
        { "bytes", Of(File("a", new string('x', 1001))) },
        { "bytes of several", Of(File("a", new string('x', 600)), File("b", new string('x', 401))) },
        { "bytes by hard links", Of(File("a", new string('x', 600)), HardLink("b", "a")) },
        { "a size that claims 8 GiB", Of(Entry('0', "a"u8.ToArray(), size: "77777777777\0")) },
        { "a size that claims 2^62 bytes", Of(Entry('0', "a"u8.ToArray(), size: "\x80\0\0\0\x40\0\0\0\0\0\0\0")) },
        { "a pax size that claims 2^62 bytes", Of(Pax(("size", "4611686018427387904")), File("a")) },
        { "a pax header that claims 2 GiB", Of(Entry('x', "pax"u8.ToArray(), size: "17777777777\0")) },
        { "a long name that claims 2 GiB", Of(Entry('L', "l"u8.ToArray(), size: "17777777777\0")) },
        { "entries", Of([.. Enumerable.Range(0, 11).Select(number => File($"f{number}"))]) },
        { "entries by parents", Of([.. Enumerable.Range(0, 6).Select(number => File($"d{number}/f"))]) },
        { "depth", Of(File("a/b/c/d/e")) },
        { "a path's bytes", Of(Pax(("path", new string('n', 201))), File("a")) },
        { "bytes of paths", Of([.. Enumerable.Range(0, 3).Select(number => File($"{number}{new string('n', 70)}"))]) },
        { "bytes of paths by parents", Of(Pax(("path", $"{new string('n', 60)}/{new string('n', 60)}/f")), File("a")) },
        { "bytes of links", Of(Symlink("a", new string('t', 99)), Symlink("b", new string('t', 99)), Symlink("c", "t")) },
        { "headers that make nothing", Of([.. Enumerable.Repeat(File("a"), 100)]) },
        { "long names that name nothing", Of([.. Enumerable.Repeat(Gnu('L', new string('n', 100_000)), 20)]) },
        { "gzip of gzip's best case", BundleTarReaderTests.Gzip(Of(File("bomb", new string('\0', 50_000_000)))) },
    };

    [Theory]
    [MemberData(nameof(Unsafe))]
    public Task Read_UnsafePath_IsRefused(string name, byte[] tar) => RefusedAsync(name, BundleCodes.UnsafePath, tar, BundleLimits.Widest);

    [Theory]
    [MemberData(nameof(Invalid))]
    public Task Read_Invalid_IsRefused(string name, byte[] tar) => RefusedAsync(name, BundleCodes.Invalid, tar, BundleLimits.Default);

    [Theory]
    [MemberData(nameof(TooLarge))]
    public Task Read_TooLarge_IsRefused(string name, byte[] tar) => RefusedAsync(name, BundleCodes.TooLarge, tar, Small);

    [Fact]
    public async Task Read_AtTheLimits_IsTaken()
    {
        await BundleTarReaderTests.ReadAsync(Of(File("a/b/c/d", new string('x', 1000))), Small);
        await BundleTarReaderTests.ReadAsync(Of([.. Enumerable.Range(0, 10).Select(number => File($"f{number}", new string('x', 100)))]), Small);
        await BundleTarReaderTests.ReadAsync(Of(File(new string('n', 99)), Symlink(new string('l', 51), new string('t', 50))), Small);
        await BundleTarReaderTests.ReadAsync(Of([.. Enumerable.Repeat(Symlink(new string('l', 99), new string('t', 99)), 10)]), Small);
    }

    [Fact]
    public async Task Read_CutAnywhere_IsInvalid()
    {
        var tar = Of(Pax(("path", "long")), File("short", new string('x', 700)), Directory("d"), Symlink("l", "d"), HardLink("h", "long"));
        for (var length = 0; length < tar.Length; length += length % Block is 0 or 511 ? 1 : Math.Min(73, 511 - (length % Block)))
        {
            await RefusedAsync($"cut at {length}", BundleCodes.Invalid, tar[..length], BundleLimits.Default);
        }
    }

    [Fact]
    public async Task Read_GzipCutAnywhere_IsInvalid()
    {
        var tar = BundleTarReaderTests.Gzip(Of(File("a", "content")));
        for (var length = 0; length < tar.Length; length++)
        {
            await RefusedAsync($"cut at {length}", BundleCodes.Invalid, tar[..length], BundleLimits.Default);
        }
    }

    [Fact]
    public async Task Read_GzipOfTwoMembersCutAnywhere_IsInvalid()
    {
        var tar = Of(File("a", "content"));
        var first = BundleTarReaderTests.Gzip(tar);
        byte[] both = [.. first, .. BundleTarReaderTests.Gzip(new byte[512])];
        for (var length = first.Length + 1; length < both.Length; length++)
        {
            await RefusedAsync($"cut at {length}", BundleCodes.Invalid, both[..length], BundleLimits.Default);
        }

        await BundleTarReaderTests.ReadAsync(first);
        await BundleTarReaderTests.ReadAsync(both);
    }

    [Fact]
    public async Task Read_GzipWithAnythingBehind_IsInvalid()
    {
        var tar = BundleTarReaderTests.Gzip(Of(File("a", "content")));
        byte[][] junk = [[0], [0x1f], [0x1f, 0x8b], [0x1f, 0x8b, 8], [0x1f, 0], new byte[512], "junk"u8.ToArray(), tar[..^1], tar, [.. BundleTarReaderTests.Gzip(new byte[512]), 1]];

        foreach (var behind in junk)
        {
            await RefusedAsync(Convert.ToHexString(behind), BundleCodes.Invalid, [.. tar, .. behind], BundleLimits.Default);
        }
    }

    [Fact]
    public async Task Read_GzipWithAWrongTrailer_IsInvalid()
    {
        var tar = BundleTarReaderTests.Gzip(Of(File("a", "content")));
        for (var at = tar.Length - 8; at < tar.Length; at++)
        {
            var damaged = tar.ToArray();
            damaged[at] ^= 1;
            await RefusedAsync($"changed at {at}", BundleCodes.Invalid, damaged, BundleLimits.Default);
        }
    }

    // What a header claims must not be set aside before it comes.
    [Fact]
    public async Task Read_ClaimOf256MiB_TakesNoMemory()
    {
        var tar = Of(Entry('0', "a"u8.ToArray(), size: "01777777777\0"));
        var before = GC.GetAllocatedBytesForCurrentThread();

        await RefusedAsync("claim", BundleCodes.Invalid, tar, BundleLimits.Default);

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4 << 20);
    }

    [Fact]
    public void Read_AnyBytesChanged_IsRefusedOrABundle() =>
        Gen.Select(Gen.Int[0, 5000], Gen.Byte, Gen.Bool).Sample(
            (position, value, mend) =>
            {
                var tar = Of(Pax(("path", "long/name")), File("short", "content"), Symlink("l", "long"), HardLink("h", "long/name"), Gnu('L', "other"), Directory("d"));
                tar[position % tar.Length] = value;
                var at = position % tar.Length / Block * Block;
                if (mend)
                {
                    Checked(tar[at..(at + Block)]).CopyTo(tar, at);
                }

                try
                {
                    var bundle = BundleTarReaderTests.ReadAsync(tar, Small).GetAwaiter().GetResult();
                    Assert.All(bundle.Entries, entry => Assert.True(BundlePath.IsCanonical(entry.Path)));
                }
                catch (BundleException exception)
                {
                    Assert.NotEmpty(exception.Message);
                }
            },
            iter: 5_000);

    private static byte[] Changed(byte[] entry, int at)
    {
        entry[at] ^= 1;
        return Of(entry);
    }

    private static async Task RefusedAsync(string name, string code, byte[] tar, BundleLimits limits)
    {
        var exception = await Xunit.Record.ExceptionAsync(() => BundleTarReaderTests.ReadAsync(tar, limits));

        Assert.True(exception is BundleException refused && refused.Code == code, $"{name}: {exception?.ToString() ?? "taken"}");
        Assert.DoesNotContain(exception!.Message, char.IsControl);
    }
}
