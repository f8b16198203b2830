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
    private readonly Dictionary<int, StreamKind> _open = new() { [0] = StreamKind.Stdin, [1] = StreamKind.Stdout, [2] = StreamKind.Stderr };
    private readonly ArrayBufferWriter<byte> _stdout = new();
    private readonly ArrayBufferWriter<byte> _stderr = new();
    private int _stdinRead;

    public ReadOnlyMemory<byte> Stdout => _stdout.WrittenMemory;

    public ReadOnlyMemory<byte> Stderr => _stderr.WrittenMemory;

    public bool TryGet(int descriptor, out StreamKind kind) => _open.TryGetValue(descriptor, out kind);

    public bool Close(int descriptor) => _open.Remove(descriptor);

    /// <summary>Moves an open descriptor over another open one; false if either is not open.</summary>
    public bool Renumber(int from, int to)
    {
        if (!_open.TryGetValue(from, out var kind) || !_open.ContainsKey(to))
        {
            return false;
        }

        _open.Remove(from);
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
            ? (_stdout, request.Invocation.Limits.StdoutBytes)
            : (_stderr, request.Invocation.Limits.StderrBytes);
        var kept = (int)Math.Min(bytes.Length, limit - buffer.WrittenCount);
        buffer.Write(bytes[..kept]);
        return kept;
    }
}
