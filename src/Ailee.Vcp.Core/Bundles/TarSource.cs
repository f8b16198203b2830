namespace Ailee.Vcp.Core.Bundles;

/// <summary>Reads a stream in pieces of known length, never holding more than has arrived.</summary>
internal sealed class TarSource(Stream stream)
{
    private const int FirstBytes = 64 * 1024;

    /// <summary>The next bytes; a header may claim any length, so the buffer grows with what arrives.</summary>
    public async Task<byte[]> ReadAsync(long length, CancellationToken cancellationToken)
    {
        var buffer = new byte[Math.Min(length, FirstBytes)];
        var filled = 0;
        while (true)
        {
            filled += await FillAsync(buffer.AsMemory(filled), cancellationToken);
            if (filled < buffer.Length)
            {
                throw Truncated();
            }

            if (filled == length)
            {
                return buffer;
            }

            Array.Resize(ref buffer, (int)Math.Min(length, buffer.Length * 2L));
        }
    }

    public async Task SkipAsync(long length, CancellationToken cancellationToken)
    {
        var buffer = new byte[(int)Math.Min(length, FirstBytes)];
        for (var left = length; left > 0;)
        {
            var read = await FillAsync(buffer.AsMemory(0, (int)Math.Min(left, buffer.Length)), cancellationToken);
            left -= read > 0 ? read : throw Truncated();
        }
    }

    /// <summary>Fills the buffer, or less at the end of the stream.</summary>
    public async Task<int> FillAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        try
        {
            return await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        }
        catch (InvalidDataException)
        {
            throw new BundleException(BundleCodes.Invalid, "The gzip is damaged.");
        }
    }

    private static BundleException Truncated() => new(BundleCodes.Invalid, "The tar is cut off.");
}
