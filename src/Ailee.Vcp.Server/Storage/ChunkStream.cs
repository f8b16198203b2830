namespace Ailee.Vcp.Server.Storage;

/// <summary>Content that is stored in chunks, read one at a time.</summary>
/// <param name="chunk">Reads a chunk by its number; null behind the last one.</param>
/// <param name="lengthBytes">Bytes of all chunks.</param>
internal sealed class ChunkStream(Func<long, byte[]?> chunk, long lengthBytes) : Stream
{
    /// <summary>Bytes of every chunk but the last.</summary>
    public const int ChunkBytes = 1 << 20;

    private ReadOnlyMemory<byte> _current;
    private long _number;
    private long _position;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => lengthBytes;

    public override long Position { get => _position; set => throw new NotSupportedException(); }

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
        if (_current.IsEmpty && _position < lengthBytes)
        {
            // Deleted while it is read: whoever reads must not take the part for the whole.
            _current = chunk(_number++) ?? throw new IOException("What is read has been deleted.");
        }

        var length = Math.Min(buffer.Length, _current.Length);
        _current.Span[..length].CopyTo(buffer);
        _current = _current[length..];
        _position += length;
        return length;
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        cancellationToken.IsCancellationRequested ? ValueTask.FromCanceled<int>(cancellationToken) : ValueTask.FromResult(Read(buffer.Span));

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
