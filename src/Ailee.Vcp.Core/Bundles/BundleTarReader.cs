using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;

namespace Ailee.Vcp.Core.Bundles;

/// <summary>
/// Reads a tar (ustar, pax or GNU, plain or gzip) into a bundle. Not with System.Formats.Tar: that replaces names that are not
/// UTF-8, takes cut archives, and reserves as much memory as a header claims.
/// </summary>
public sealed class BundleTarReader
{
    private const int MaxExtensionBytes = 1 << 20;
    private const int MaxPaddingBytes = 1 << 20;
    private const int HeadersPerEntry = 4;
    // Times, owners and attributes, which count nowhere else.
    private const int ExtensionBytesPerEntry = 2048;
    // A hard link's target is no part of the tree; a name may be given twice.
    private const int ExtensionBytesPerPathByte = 4;
    private const int GzipEndBytes = 16;
    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    private readonly TarSource _source;
    private readonly BundleLimits _limits;
    private readonly BundleBuilder _builder;
    private readonly byte[] _end;
    private long _headers;
    private long _extensionBytes;
    private PaxRecords _next = PaxRecords.None;

    /// <param name="tar">The tar, unpacked.</param>
    /// <param name="limits">How large the tree may be.</param>
    /// <param name="end">What must be the last bytes of the stream, behind the tar's padding.</param>
    private BundleTarReader(Stream tar, BundleLimits limits, byte[] end) =>
        (_source, _limits, _builder, _end) = (new TarSource(tar), limits, new BundleBuilder(limits), end);

    /// <summary>Reads to the end of the archive.</summary>
    /// <exception cref="BundleException">It is no tar, or breaks a rule of bundles.</exception>
    public static async Task<Bundle> ReadAsync(Stream stream, BundleLimits limits, CancellationToken cancellationToken)
    {
        var start = new byte[2];
        var length = await stream.ReadAtLeastAsync(start, start.Length, throwOnEndOfStream: false, cancellationToken);
        if (start is not [0x1f, 0x8b])
        {
            await using var plain = new ExtendedStream(start.AsMemory(0, length), stream, default);
            return await new BundleTarReader(plain, limits, []).ReadAsync(cancellationToken);
        }

        // GZipStream takes a last member that is cut within its checksum, and stops at junk without a word. One more member that
        // nobody can foresee tells: it comes out at the end only if every member before it is whole and nothing lies between.
        var end = RandomNumberGenerator.GetBytes(GzipEndBytes);
        await using var packed = new ExtendedStream(start, stream, Pack(end));
        await using var unpacked = new GZipStream(packed, CompressionMode.Decompress);
        return await new BundleTarReader(unpacked, limits, end).ReadAsync(cancellationToken);
    }

    private static byte[] Pack(byte[] content)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.NoCompression))
        {
            gzip.Write(content);
        }

        return packed.ToArray();
    }

    private async Task<Bundle> ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var block = await _source.ReadAsync(TarHeader.BlockBytes, cancellationToken);
            if (block.AsSpan().ContainsAnyExcept((byte)0))
            {
                await ReadEntryAsync(block, cancellationToken);
                continue;
            }

            await ReadEndAsync(cancellationToken);
            return _builder.Build();
        }
    }

    // Two blocks of zeros end an archive; writers pad with more. Anything else after them would be content that nobody sees.
    private async Task ReadEndAsync(CancellationToken cancellationToken)
    {
        if ((await _source.ReadAsync(TarHeader.BlockBytes, cancellationToken)).AsSpan().ContainsAnyExcept((byte)0) || _next != PaxRecords.None)
        {
            throw Invalid("The tar has a lone block of zeros, or ends after an extended header.");
        }

        var buffer = new byte[MaxPaddingBytes + _end.Length + 1];
        var length = await _source.FillAsync(buffer, cancellationToken);
        if (length == buffer.Length)
        {
            throw Invalid("Something follows the end of the tar.");
        }

        if (!buffer.AsSpan(0, length).EndsWith(_end))
        {
            throw Invalid("The gzip is cut off, or something follows it.");
        }

        if (buffer.AsSpan(0, length - _end.Length).ContainsAnyExcept((byte)0))
        {
            throw Invalid("Something follows the end of the tar.");
        }
    }

    private async Task ReadEntryAsync(byte[] block, CancellationToken cancellationToken)
    {
        if (++_headers > ((long)_limits.Entries * HeadersPerEntry) + HeadersPerEntry)
        {
            throw new BundleException(BundleCodes.TooLarge, $"There are more headers than {_limits.Entries} entries need.");
        }

        var (type, size, name, link) = Fields(block);
        if (type is (byte)'x' or (byte)'g' or (byte)'L' or (byte)'K')
        {
            await ReadExtensionAsync(type, size, cancellationToken);
            return;
        }

        var extension = _next;
        _next = PaxRecords.None;
        await AddAsync(type, extension.Size ?? size, extension.Path ?? Text(name), extension.LinkPath ?? Text(link), cancellationToken);
    }

    private static (byte Type, long Size, byte[] Name, byte[] Link) Fields(byte[] block)
    {
        var header = TarHeader.Read(block);
        return (header.Type, header.Size, header.Name(), header.LinkName.ToArray());
    }

    private async Task AddAsync(byte type, long size, string path, string link, CancellationToken cancellationToken)
    {
        switch (type)
        {
            // Only files have content: the size of anything else is a hint, and nothing follows (POSIX, ustar interchange format).
            case (byte)'5':
            case (byte)'0' or (byte)'7' or 0 when path.EndsWith('/'):
                _builder.AddDirectory(path);
                return;
            case (byte)'0' or (byte)'7' or 0:
                _builder.AddFile(path, await ReadContentAsync(size, cancellationToken));
                return;
            case (byte)'1':
                _builder.AddHardLink(path, link);
                return;
            case (byte)'2':
                _builder.AddSymlink(path, link);
                return;
            case (byte)'3' or (byte)'4' or (byte)'6':
                throw new BundleException(BundleCodes.UnsafePath, "The tar holds a device or a pipe.");
            default:
                throw Invalid("The tar holds an entry of a type that bundles do not have, such as a sparse file.");
        }
    }

    private async Task<byte[]> ReadContentAsync(long size, CancellationToken cancellationToken)
    {
        if (size > _builder.BytesLeft)
        {
            throw _builder.TooManyBytes();
        }

        var content = await _source.ReadAsync(size, cancellationToken);
        await _source.SkipAsync(Padding(size), cancellationToken);
        return content;
    }

    private async Task ReadExtensionAsync(byte type, long size, CancellationToken cancellationToken)
    {
        _extensionBytes += size;
        if (size > MaxExtensionBytes || _extensionBytes > MaxExtensionBytes + ((long)_limits.Entries * ExtensionBytesPerEntry) + (_limits.PathBytes * ExtensionBytesPerPathByte))
        {
            throw new BundleException(BundleCodes.TooLarge, "The extended headers are longer than any names need.");
        }

        var data = await _source.ReadAsync(size, cancellationToken);
        await _source.SkipAsync(Padding(size), cancellationToken);
        _next = type switch
        {
            (byte)'L' => _next with { Path = Text(data.AsSpan().TrimEnd((byte)0)) },
            (byte)'K' => _next with { LinkPath = Text(data.AsSpan().TrimEnd((byte)0)) },
            (byte)'x' => PaxRecords.Read(data, _next),
            // Global records are for every entry that follows. None of theirs is of use here; a path or a size would be a trick.
            _ => PaxRecords.Read(data, PaxRecords.None) == PaxRecords.None ? _next : throw Invalid("A global header sets a path or a size."),
        };
    }

    private static long Padding(long size) => -size & (TarHeader.BlockBytes - 1);

    private static string Text(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return StrictUtf8.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            throw Invalid("A name is not UTF-8.");
        }
    }

    private static BundleException Invalid(string message) => new(BundleCodes.Invalid, message);
}
