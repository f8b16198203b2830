using System.Buffers;
using Ailee.Vcp.Sandbox.Execution;

namespace Ailee.Vcp.Sandbox.Wasi;

/// <summary>The three streams that every guest has.</summary>
internal enum StreamKind
{
    Stdin,
    Stdout,
    Stderr,
}

/// <summary>The bytes that a guest is given and that it writes.</summary>
internal sealed class StandardStreams(ExecutionRequest request)
{
    private ArrayBufferWriter<byte>? _stdout;
    private ArrayBufferWriter<byte>? _stderr;
    private int _stdinRead;

    public ReadOnlyMemory<byte> Stdout => _stdout?.WrittenMemory ?? default;

    public ReadOnlyMemory<byte> Stderr => _stderr?.WrittenMemory ?? default;

    /// <summary>Bytes of stdin that are left.</summary>
    public int StdinLeft => request.Stdin.Length - _stdinRead;

    /// <summary>Takes bytes of stdin; no more than are left.</summary>
    public void ReadStdin(Span<byte> destination)
    {
        request.Stdin.Span.Slice(_stdinRead, destination.Length).CopyTo(destination);
        _stdinRead += destination.Length;
    }

    /// <summary>Keeps what the limit allows and says how many bytes that are.</summary>
    public int Write(StreamKind kind, ReadOnlySpan<byte> bytes)
    {
        var (buffer, limit) = kind == StreamKind.Stdout
            ? (_stdout ??= new ArrayBufferWriter<byte>(), request.Invocation.Limits.StdoutBytes)
            : (_stderr ??= new ArrayBufferWriter<byte>(), request.Invocation.Limits.StderrBytes);
        var kept = (int)Math.Min(bytes.Length, limit - buffer.WrittenCount);
        buffer.Write(bytes[..kept]);
        return kept;
    }
}
