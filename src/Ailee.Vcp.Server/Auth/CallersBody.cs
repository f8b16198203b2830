using Ailee.Vcp.Server.Http;

namespace Ailee.Vcp.Server.Auth;

/// <summary>
/// The body of a request whose caller must still be let in when it has arrived: bodies may arrive for hours. It is asked with every
/// piece, so the rest of the body of a key that ended is not waited for.
/// </summary>
/// <param name="body">The body as it arrives.</param>
/// <param name="check">Why the caller may nothing any more, or null.</param>
internal sealed class CallersBody(Stream body, Func<Problem?> check) : Stream
{
    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <exception cref="CallerEndedException">The caller may nothing any more.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await body.ReadAsync(buffer, cancellationToken);
        return check() is { } problem ? throw new CallerEndedException(problem) : read;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    // As the server's own bodies: no thread waits for a client.
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}

/// <summary>The caller of a request may nothing any more, before the request was whole.</summary>
internal sealed class CallerEndedException(Problem problem) : Exception
{
    /// <summary>Why.</summary>
    public Problem Problem { get; } = problem;
}
