namespace Ailee.Vcp.Core.Statements;

/// <summary>What a counter is to a window.</summary>
public enum CounterStatus
{
    /// <summary>Never seen.</summary>
    Fresh,

    /// <summary>Seen before.</summary>
    Seen,

    /// <summary>Older than the window reaches: nobody can tell any more.</summary>
    Stale,
}

/// <summary>
/// Remembers which of the last 4096 counters of a key were used. Nodes run several tasks at once, so counters arrive out of
/// order; anything older than the window is refused. Immutable in its encoding: load, mark, store in one transaction.
/// </summary>
public sealed class CounterWindow
{
    /// <summary>How many counters below and including the highest are remembered.</summary>
    public const int Width = 4096;

    /// <summary>Length of <see cref="Encode"/>: the highest counter and the bits.</summary>
    public const int EncodedSizeBytes = sizeof(ulong) + (Width / 8);

    // The bit of counter c is at c mod Width; bits of counters that left the window are cleared as the highest moves on.
    private readonly byte[] _bits = new byte[Width / 8];
    private ulong _highest;
    private bool _used;

    /// <summary>The highest counter marked; 0 if none is.</summary>
    public ulong Highest => _highest;

    /// <summary>What <paramref name="counter"/> would be now.</summary>
    public CounterStatus Classify(ulong counter)
    {
        if (!_used || counter > _highest)
        {
            return CounterStatus.Fresh;
        }

        if (_highest - counter >= Width)
        {
            return CounterStatus.Stale;
        }

        return IsSet(counter) ? CounterStatus.Seen : CounterStatus.Fresh;
    }

    /// <summary>Remembers a fresh counter.</summary>
    /// <exception cref="InvalidOperationException">The counter is not fresh.</exception>
    public void Mark(ulong counter)
    {
        if (Classify(counter) != CounterStatus.Fresh)
        {
            throw new InvalidOperationException("Only a fresh counter can be marked.");
        }

        if (!_used)
        {
            _used = true;
            _highest = counter;
        }
        else if (counter > _highest)
        {
            if (counter - _highest >= Width)
            {
                Array.Clear(_bits);
            }
            else
            {
                for (var passed = _highest + 1; passed < counter; passed++)
                {
                    _bits[(passed % Width) / 8] &= (byte)~(1 << (int)(passed % 8));
                }
            }

            _highest = counter;
        }

        _bits[(counter % Width) / 8] |= (byte)(1 << (int)(counter % 8));
    }

    /// <summary>The window as bytes: highest counter, big-endian, then the bits.</summary>
    public byte[] Encode()
    {
        var bytes = new byte[EncodedSizeBytes];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64BigEndian(bytes, _highest);
        _bits.CopyTo(bytes, sizeof(ulong));
        return bytes;
    }

    /// <summary>Reads <see cref="Encode"/>'s bytes.</summary>
    /// <exception cref="ArgumentException">The length is wrong.</exception>
    public static CounterWindow Decode(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != EncodedSizeBytes)
        {
            throw new ArgumentException("A counter window has a fixed length.", nameof(bytes));
        }

        var window = new CounterWindow { _used = true, _highest = System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(bytes) };
        bytes[sizeof(ulong)..].CopyTo(window._bits);
        return window;
    }

    private bool IsSet(ulong counter) => (_bits[(counter % Width) / 8] & (1 << (int)(counter % 8))) != 0;
}
