namespace Ailee.Vcp.Core.Bundles;

/// <summary>Bytes that were read ahead, the stream that they were read from, and bytes behind its end. Leaves the stream open.</summary>
internal sealed class ExtendedStream(ReadOnlyMemory<byte> prefix, Stream stream, ReadOnlyMemory<byte> suffix) : Stream
{
    private ReadOnlyMemory<byte> _prefix = prefix;
    private ReadOnlyMemory<byte> _suffix = suffix;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override int Read(byte[] buffer, int offset, int count)
    {
        var wanted = buffer.AsSpan(offset, count);
        return Take(ref _prefix, wanted) is var first and > 0 ? first
            : stream.Read(buffer, offset, count) is var read and > 0 ? read
            : Take(ref _suffix, wanted);
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        Take(ref _prefix, buffer.Span) is var first and > 0 ? first
        : await stream.ReadAsync(buffer, cancellationToken) is var read and > 0 ? read
        : Take(ref _suffix, buffer.Span);

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private static int Take(ref ReadOnlyMemory<byte> bytes, Span<byte> buffer)
    {
        var taken = Math.Min(buffer.Length, bytes.Length);
        bytes.Span[..taken].CopyTo(buffer);
        bytes = bytes[taken..];
        return taken;
    }
}
