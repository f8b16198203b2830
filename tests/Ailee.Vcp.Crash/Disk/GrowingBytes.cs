namespace Ailee.Vcp.Crash.Disk;

/// <summary>The content of a file.</summary>
internal sealed class GrowingBytes(byte[] content)
{
    private byte[] _bytes = content;
    private int _length = content.Length;

    public byte[] ToArray() => _bytes.AsSpan(0, _length).ToArray();

    /// <summary>Writes, after zeros if that is behind the end.</summary>
    public void Write(long offset, ReadOnlySpan<byte> data)
    {
        var end = (int)offset + data.Length;
        if (end > _length)
        {
            SetLength(end);
        }

        data.CopyTo(_bytes.AsSpan((int)offset));
    }

    /// <summary>Cuts off what is too much, or adds zeros.</summary>
    public void SetLength(long length)
    {
        if (length > _bytes.Length)
        {
            Array.Resize(ref _bytes, (int)Math.Max(length, 2L * _bytes.Length));
        }

        if (length < _length)
        {
            _bytes.AsSpan((int)length, _length - (int)length).Clear();
        }

        _length = (int)length;
    }
}
