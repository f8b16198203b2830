using System.Buffers.Binary;

namespace Ailee.Vcp.Node.Keys;

/// <summary>
/// Hands out counters that a key never used before, also after a crash: a block is reserved on disk before its first counter is
/// used, and what a crash leaves of a block is skipped. Thread-safe.
/// </summary>
public sealed class StatementCounter
{
    private const ulong Block = 1024;

    private readonly object _gate = new();
    private readonly string _path;
    private ulong _next;
    private ulong _reserved;

    /// <summary>Continues after the last block that the file says is reserved; a missing file starts at 1.</summary>
    /// <exception cref="InvalidDataException">The file is not a counter.</exception>
    /// <param name="path">The file.</param>
    /// <param name="atLeast">A counter that is known to be free, in case the file was lost or is an older copy.</param>
    public StatementCounter(string path, ulong atLeast = 1)
    {
        _path = path;
        _next = BinaryPrimitives.ReadUInt64BigEndian(SecretFile.LoadOrCreate(path, sizeof(ulong), () => [0, 0, 0, 0, 0, 0, 0, 1]));
        _next = Math.Max(_next, atLeast);
        _reserved = _next;
    }

    /// <summary>Passes over all counters below a number.</summary>
    public void Advance(ulong atLeast)
    {
        lock (_gate)
        {
            (_next, _reserved) = atLeast > _next ? (atLeast, Math.Max(atLeast, _reserved)) : (_next, _reserved);
        }
    }

    /// <summary>The next counter.</summary>
    public ulong Next()
    {
        lock (_gate)
        {
            if (_next == _reserved)
            {
                Span<byte> bytes = stackalloc byte[sizeof(ulong)];
                BinaryPrimitives.WriteUInt64BigEndian(bytes, _reserved + Block);
                SecretFile.Write(_path, bytes);
                _reserved += Block;
            }

            return _next++;
        }
    }
}
