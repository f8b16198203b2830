using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using Ailee.Vcp.Core.Bundles;

namespace Ailee.Vcp.Core.Tests.Bundles;

/// <summary>Tars as honest programs write them.</summary>
public sealed class BundleTarReaderTests
{
    [Theory]
    [InlineData(TarEntryFormat.Ustar)]
    [InlineData(TarEntryFormat.Pax)]
    [InlineData(TarEntryFormat.Gnu)]
    [InlineData(TarEntryFormat.V7)]
    public async Task Read_EveryFormat_GivesTheSameBundle(TarEntryFormat format)
    {
        var bundle = await ReadAsync(Write(SampleBundles.Small, format));

        Assert.Equal(SampleBundles.Small.Digest, bundle.Digest);
        Assert.Equal(SampleBundles.Small.Entries.Select(entry => entry.Content.ToArray()), bundle.Entries.Select(entry => entry.Content.ToArray()));
    }

    [Theory]
    [InlineData(TarEntryFormat.Pax)]
    [InlineData(TarEntryFormat.Gnu)]
    public async Task Read_LongNames_GivesTheSameBundle(TarEntryFormat format) =>
        Assert.Equal(SampleBundles.Long.Digest, (await ReadAsync(Write(SampleBundles.Long, format))).Digest);

    [Fact]
    public async Task Read_Gzip_GivesTheSameBundle() =>
        Assert.Equal(SampleBundles.Small.Digest, (await ReadAsync(Gzip(BundleTarWriter.Write(SampleBundles.Small)))).Digest);

    // Two members one after the other, as parallel compressors write.
    [Fact]
    public async Task Read_GzipOfTwoMembers_GivesTheSameBundle()
    {
        var tar = BundleTarWriter.Write(SampleBundles.Small);

        Assert.Equal(SampleBundles.Small.Digest, (await ReadAsync([.. Gzip(tar[..1000]), .. Gzip(tar[1000..])])).Digest);
    }

    [Fact]
    public async Task Write_EverySample_ReadsBackAsItself()
    {
        foreach (var bundle in (Bundle[])[SampleBundles.Empty, SampleBundles.Small, SampleBundles.Ordered, SampleBundles.Long])
        {
            var tar = BundleTarWriter.Write(bundle);

            var read = await ReadAsync(tar);

            Assert.Equal(bundle.Digest, read.Digest);
            Assert.Equal(tar, BundleTarWriter.Write(read));
            Assert.Equal(tar, BundleTarWriter.Chunks(bundle, 1000).SelectMany(chunk => chunk));
        }
    }

    [Fact]
    public async Task Read_OrderParentsDotsAndTimes_AreNothing()
    {
        var one = RawTar.Of(RawTar.File("a/b", "x"), RawTar.File("c", "y"));
        var other = RawTar.Of(RawTar.Directory("./"), RawTar.File("./c", "y"), RawTar.Directory("a/"), RawTar.File("a//./b", "x"));

        Assert.Equal((await ReadAsync(one)).Digest, (await ReadAsync(other)).Digest);
    }

    [Fact]
    public async Task Read_EmptyTar_IsTheEmptyBundle() => Assert.Equal(SampleBundles.Empty.Digest, (await ReadAsync(RawTar.End)).Digest);

    [Fact]
    public async Task Read_PaddingOfTenKilobytes_IsTaken() => await ReadAsync([.. RawTar.Of(RawTar.File("a")), .. new byte[10_240]]);

    [Fact]
    public async Task Read_PathTwice_TheLastStands()
    {
        var bundle = await ReadAsync(RawTar.Of(RawTar.File("a", "first"), RawTar.Directory("d"), RawTar.File("a", "last"), RawTar.Directory("d")), new BundleLimits(2, 1, 9, 2));

        Assert.Equal(["last"], Files(bundle));
    }

    [Fact]
    public async Task Read_HardLink_IsACopyOfWhatWasThere()
    {
        var bundle = await ReadAsync(RawTar.Of(RawTar.File("a", "one"), RawTar.HardLink("b", "./a"), RawTar.File("a", "two")));

        Assert.Equal(["two", "one"], Files(bundle));
        Assert.Equal(6, bundle.SizeBytes);
    }

    [Fact]
    public async Task Read_UstarPrefix_IsTheStartOfTheName()
    {
        var bundle = await ReadAsync(RawTar.Of(RawTar.Entry('0', "name"u8.ToArray(), prefix: "pre/fix"u8.ToArray())));

        Assert.Equal(["pre", "pre/fix", "pre/fix/name"], bundle.Entries.Select(entry => entry.Path));
    }

    // GNU's format has times where ustar has the prefix.
    [Fact]
    public async Task Read_GnuTimes_AreNoPrefix() =>
        Assert.Equal("name", Assert.Single((await ReadAsync(RawTar.Of(RawTar.Entry('0', "name"u8.ToArray(), magic: "ustar  \0", prefix: "01234567012"u8.ToArray())))).Entries).Path);

    [Fact]
    public async Task Read_GlobalHeaderWithAComment_IsNothing() =>
        Assert.Equal(["a"], (await ReadAsync(RawTar.Of(RawTar.Entry('g', "pax_global_header"u8.ToArray(), content: RawTar.Record("comment", "0123"u8.ToArray())), RawTar.File("a")))).Entries.Select(entry => entry.Path));

    [Fact]
    public async Task Read_BackslashAndWildcards_AreOrdinary() =>
        Assert.Equal(["*", @"..\up", "C:"], (await ReadAsync(RawTar.Of(RawTar.File(@"..\up"), RawTar.File("*"), RawTar.File("C:")))).Entries.Select(entry => entry.Path));

    [Fact]
    public async Task Read_LinksThatStayInside_AreKeptAsWritten()
    {
        var bundle = await ReadAsync(RawTar.Of(RawTar.Symlink("a/b/c", "../../x"), RawTar.Symlink("self", "self"), RawTar.Symlink("chain", "a/../chain2"), RawTar.Symlink("chain2", "./chain//"), RawTar.Symlink("r", ".")));

        Assert.Equal(["../../x", "a/../chain2", "./chain//", ".", "self"], bundle.Entries.Where(entry => entry.Kind == BundleEntryKind.Symlink).Select(entry => entry.Target));
    }

    [Fact]
    public async Task Read_PieceByPiece_GivesTheSameBundle()
    {
        var tar = Gzip(BundleTarWriter.Write(SampleBundles.Small));

        Assert.Equal(SampleBundles.Small.Digest, (await BundleTarReader.ReadAsync(new TricklingStream(tar), BundleLimits.Default, default)).Digest);
    }

    internal static async Task<Bundle> ReadAsync(byte[] tar, BundleLimits? limits = null)
    {
        using var stream = new MemoryStream(tar);
        return await BundleTarReader.ReadAsync(stream, limits ?? BundleLimits.Default, default);
    }

    internal static byte[] Gzip(byte[] data)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            gzip.Write(data);
        }

        return packed.ToArray();
    }

    private static IEnumerable<string> Files(Bundle bundle) =>
        bundle.Entries.Where(entry => entry.Kind == BundleEntryKind.File).Select(entry => Encoding.UTF8.GetString(entry.Content.Span));

    private static byte[] Write(Bundle bundle, TarEntryFormat format)
    {
        using var tar = new MemoryStream();
        using (var writer = new TarWriter(tar, format, leaveOpen: true))
        {
            foreach (var entry in bundle.Entries.Reverse())
            {
                writer.WriteEntry(Entry(entry, format));
            }
        }

        return tar.ToArray();
    }

    private static TarEntry Entry(BundleEntry entry, TarEntryFormat format)
    {
        var type = entry.Kind switch
        {
            BundleEntryKind.Directory => TarEntryType.Directory,
            BundleEntryKind.Symlink => TarEntryType.SymbolicLink,
            _ => format == TarEntryFormat.V7 ? TarEntryType.V7RegularFile : TarEntryType.RegularFile,
        };
        TarEntry written = format switch
        {
            TarEntryFormat.Ustar => new UstarTarEntry(type, entry.Path),
            TarEntryFormat.Pax => new PaxTarEntry(type, entry.Path),
            TarEntryFormat.Gnu => new GnuTarEntry(type, entry.Path),
            _ => new V7TarEntry(type, entry.Path),
        };
        if (entry.Kind == BundleEntryKind.File)
        {
            written.DataStream = new MemoryStream(entry.Content.ToArray());
        }
        else if (entry.Kind == BundleEntryKind.Symlink)
        {
            written.LinkName = entry.Target!;
        }

        return written;
    }

    /// <summary>Gives a byte at a time.</summary>
    private sealed class TricklingStream(byte[] data) : MemoryStream(data)
    {
        public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(1, count));

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => base.ReadAsync(buffer[..Math.Min(1, buffer.Length)], cancellationToken);
    }
}
