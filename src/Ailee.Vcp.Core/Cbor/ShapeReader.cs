using System.Formats.Cbor;

namespace Ailee.Vcp.Core.Cbor;

/// <summary>
/// Reads CBOR of a known shape. Opening it runs <see cref="DeterministicCbor.Check"/>, so whatever it returns re-encodes to the
/// same bytes. Every method throws <see cref="CborShapeException"/> when the next item is not what was asked for.
/// </summary>
internal sealed class ShapeReader
{
    private readonly CborReader _reader;
    private readonly string _what;

    public ShapeReader(ReadOnlyMemory<byte> data, string what)
    {
        if (DeterministicCbor.Check(data.Span) is { } fault)
        {
            throw new CborShapeException(fault with { Detail = $"{what}: {fault.Detail}" });
        }

        // Lax: order, duplicates, widths and UTF-8 have just been checked, and Strict would track every key once more.
        _reader = new CborReader(data, CborConformanceMode.Lax);
        _what = what;
    }

    public CborShapeException Wrong(string detail) => new(new CborFault(CborFaultKind.WrongShape, $"{_what}: {detail}"));

    public void Tag(ulong tag)
    {
        if (_reader.PeekState() != CborReaderState.Tag || (ulong)_reader.ReadTag() != tag)
        {
            throw Wrong($"tag {tag} expected.");
        }
    }

    public int Array(string name)
    {
        Expect(CborReaderState.StartArray, name);
        return _reader.ReadStartArray()!.Value;
    }

    public void Array(int length, string name)
    {
        if (Array(name) != length)
        {
            throw Wrong($"{name} must have {length} elements.");
        }
    }

    public void EndArray() => _reader.ReadEndArray();

    public int Map(string name)
    {
        Expect(CborReaderState.StartMap, name);
        return _reader.ReadStartMap()!.Value;
    }

    public void Map(int pairs, string name)
    {
        if (Map(name) != pairs)
        {
            throw Wrong($"{name} must have {pairs} entries.");
        }
    }

    public void EndMap() => _reader.ReadEndMap();

    public void Key(long key)
    {
        if (Integer("a map key") != key)
        {
            throw Wrong($"key {key} expected.");
        }
    }

    public long Integer(string name)
    {
        if (_reader.PeekState() is not (CborReaderState.UnsignedInteger or CborReaderState.NegativeInteger))
        {
            throw Wrong($"{name} must be an integer.");
        }

        try
        {
            return _reader.ReadInt64();
        }
        catch (OverflowException)
        {
            throw Wrong($"{name} is out of range.");
        }
    }

    public ulong Unsigned(string name)
    {
        Expect(CborReaderState.UnsignedInteger, name);
        return _reader.ReadUInt64();
    }

    public string Text(string name, int maxBytes)
    {
        Expect(CborReaderState.TextString, name);
        var bytes = _reader.ReadDefiniteLengthTextStringBytes();
        return bytes.Length <= maxBytes ? System.Text.Encoding.UTF8.GetString(bytes.Span) : throw Wrong($"{name} is longer than {maxBytes} bytes.");
    }

    public ReadOnlyMemory<byte> Bytes(string name)
    {
        Expect(CborReaderState.ByteString, name);
        return _reader.ReadDefiniteLengthByteString();
    }

    public ReadOnlyMemory<byte> Bytes(string name, int length)
    {
        var bytes = Bytes(name);
        return bytes.Length == length ? bytes : throw Wrong($"{name} must be {length} bytes.");
    }

    public Digest Digest(string name) => new(Bytes(name, Core.Digest.SizeBytes).Span);

    public bool TryNull()
    {
        if (_reader.PeekState() != CborReaderState.Null)
        {
            return false;
        }

        _reader.ReadNull();
        return true;
    }

    public bool NextIsMap() => _reader.PeekState() == CborReaderState.StartMap;

    private void Expect(CborReaderState state, string name)
    {
        if (_reader.PeekState() != state)
        {
            throw Wrong($"{name} has the wrong type.");
        }
    }
}
