using System.Buffers;
using Ailee.Vcp.Sandbox.Execution;

namespace Ailee.Vcp.Sandbox.Wasi;

/// <summary>What a descriptor of the guest leads to.</summary>
internal enum StreamKind
{
    Stdin,
    Stdout,
    Stderr,
}

/// <summary>The guest's descriptors 0, 1 and 2, and the bytes behind them.</summary>
internal sealed class StandardStreams(ExecutionRequest request)
{
    // Descriptors never leave 0 to 2: nothing opens more, and renumbering needs an open target.
    private readonly StreamKind?[] _open = [StreamKind.Stdin, StreamKind.Stdout, StreamKind.Stderr];
    private ArrayBufferWriter<byte>? _stdout;
    private ArrayBufferWriter<byte>? _stderr;
    private int _stdinRead;

    public ReadOnlyMemory<byte> Stdout => _stdout?.WrittenMemory ?? default;

    public ReadOnlyMemory<byte> Stderr => _stderr?.WrittenMemory ?? default;

    public bool TryGet(int descriptor, out StreamKind kind)
    {
        var open = (uint)descriptor < (uint)_open.Length ? _open[descriptor] : null;
        kind = open.GetValueOrDefault();
        return open is not null;
    }

    public bool Close(int descriptor)
    {
        var open = TryGet(descriptor, out _);
        if (open)
        {
            _open[descriptor] = null;
        }

        return open;
    }

    /// <summary>Moves an open descriptor over another open one; false if either is not open.</summary>
    public bool Renumber(int from, int to)
    {
        if (!TryGet(from, out var kind) || !TryGet(to, out _))
        {
            return false;
        }

        _open[from] = null;
        _open[to] = kind;
        return true;
    }

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
