namespace Ailee.Vcp.Server.Storage;

/// <summary>Stored content, of which one chunk at a time is read, and none that nobody asks for.</summary>
/// <param name="chunk">Reads a chunk by its number; null if it is gone.</param>
/// <param name="lengthBytes">Bytes of all chunks.</param>
/// <param name="chunkBytes">Bytes of every chunk but the last.</param>
internal sealed class ChunkStream(Func<long, byte[]?> chunk, long lengthBytes, int chunkBytes = ChunkStream.ChunkBytes) : Stream
{
    /// <summary>Bytes of every chunk but the last of content that is stored in chunks.</summary>
    public const int ChunkBytes = 1 << 20;

    private ReadOnlyMemory<byte> _chunk;
    private long _number = -1;
    private long _position;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => lengthBytes;

    public override long Position { get => _position; set => Seek(value, SeekOrigin.Begin); }

    /// <summary>Cuts content into chunks.</summary>
    public static IEnumerable<(long Number, byte[] Content)> Cut(ReadOnlyMemory<byte> content)
    {
        for (long at = 0, number = 0; at < content.Length; at += ChunkBytes, number++)
        {
            yield return (number, content.Slice((int)at, (int)Math.Min(ChunkBytes, content.Length - at)).ToArray());
        }
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        if (_position >= lengthBytes || buffer.IsEmpty)
        {
            return 0;
        }

        var (number, at) = Math.DivRem(_position, chunkBytes);
        if (number != _number)
        {
            // Deleted while it is read: whoever reads must not take the part for the whole.
            (_chunk, _number) = (chunk(number) ?? throw new IOException("What is read has been deleted."), number);
        }

        var part = _chunk[(int)at..].Span;
        var length = Math.Min(buffer.Length, part.Length);
        part[..length].CopyTo(buffer);
        _position += length;
        return length;
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        cancellationToken.IsCancellationRequested ? ValueTask.FromCanceled<int>(cancellationToken) : ValueTask.FromResult(Read(buffer.Span));

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin)
    {
        var start = origin switch
        {
            SeekOrigin.Begin => 0,
            SeekOrigin.Current => _position,
            _ => lengthBytes,
        };
        ArgumentOutOfRangeException.ThrowIfNegative(start + offset, nameof(offset));
        return _position = start + offset;
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
