namespace Ailee.Vcp.Sandbox.Files;

/// <summary>
/// The bytes of a file: those of the bundle until the first change, then a copy in scratch. Scratch is charged by size, also for
/// holes, and held in chunks that are made when they are written.
/// </summary>
internal sealed class FileContent(ReadOnlyMemory<byte> bundled, ScratchQuota quota)
{
    private const int ChunkBytes = 64 * 1024;
    private const int FirstBytes = 256;

    // Null while the bundle's bytes serve. A chunk that is null, or shorter than its place, goes on with zeros.
    private List<byte[]?>? _chunks;
    private long _size;

    public long SizeBytes => _chunks is null ? bundled.Length : _size;

    /// <summary>Whether the bytes are the guest's own.</summary>
    public bool IsScratch => _chunks is not null;

    /// <summary>What the guest's own bytes take of the host's memory: at most twice their size, or 256 bytes.</summary>
    public long HeldBytes => _chunks?.Sum(chunk => (long)(chunk?.Length ?? 0)) ?? 0;

    /// <summary>A new, empty file.</summary>
    public static FileContent Create(ScratchQuota quota) => new(default, quota) { _chunks = [] };

    /// <summary>Fills as much of the destination as there is from an offset on, and says how much.</summary>
    public int Read(ulong offset, Span<byte> destination)
    {
        if (offset >= (ulong)SizeBytes)
        {
            return 0;
        }

        var count = (int)Math.Min(destination.Length, SizeBytes - (long)offset);
        if (_chunks is null)
        {
            bundled.Span.Slice((int)offset, count).CopyTo(destination);
            return count;
        }

        var rest = destination[..count];
        for (var position = (long)offset; !rest.IsEmpty;)
        {
            var (index, start) = ((int)(position / ChunkBytes), (int)(position % ChunkBytes));
            var part = rest[..Math.Min(rest.Length, ChunkBytes - start)];
            var chunk = _chunks[index] ?? [];
            var held = Math.Clamp(chunk.Length - start, 0, part.Length);
            chunk.AsSpan(Math.Min(start, chunk.Length), held).CopyTo(part);
            part[held..].Clear();
            position += part.Length;
            rest = rest[part.Length..];
        }

        return count;
    }

    /// <summary>Writes all of the bytes, or none: with no space left, or beyond the largest size.</summary>
    public Errno Write(ulong offset, ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            return Errno.Success;
        }

        if (offset > long.MaxValue - (ulong)bytes.Length)
        {
            return Errno.FileTooLarge;
        }

        var end = (long)offset + bytes.Length;
        if (Resize((ulong)Math.Max(end, SizeBytes)) is var error and not Errno.Success)
        {
            return error;
        }

        for (var position = (long)offset; !bytes.IsEmpty;)
        {
            var (index, start) = ((int)(position / ChunkBytes), (int)(position % ChunkBytes));
            var part = bytes[..Math.Min(bytes.Length, ChunkBytes - start)];
            part.CopyTo(Chunk(index, start + part.Length).AsSpan(start));
            position += part.Length;
            bytes = bytes[part.Length..];
        }

        return Errno.Success;
    }

    /// <summary>Cuts the file off, or makes it longer with zeros. The file becomes scratch.</summary>
    public Errno Resize(ulong size)
    {
        if (size > long.MaxValue)
        {
            return Errno.FileTooLarge;
        }

        var charged = IsScratch ? _size : 0;
        if (!quota.TryTakeBytes((long)size - charged))
        {
            return Errno.NoSpace;
        }

        var kept = IsScratch ? default : bundled.Span[..(int)Math.Min(bundled.Length, (long)size)];
        _chunks ??= [];
        SetSize((long)size);
        for (var at = 0; at < kept.Length; at += ChunkBytes)
        {
            _chunks[at / ChunkBytes] = kept[at..Math.Min(at + ChunkBytes, kept.Length)].ToArray();
        }

        return Errno.Success;
    }

    public byte[] ToArray()
    {
        var bytes = new byte[SizeBytes];
        Read(0, bytes);
        return bytes;
    }

    /// <summary>Gives the scratch bytes back.</summary>
    public void Free()
    {
        if (_chunks is not null)
        {
            quota.GiveBytesBack(_size);
            _chunks = [];
            _size = 0;
        }
    }

    private void SetSize(long size)
    {
        var count = (int)((size + ChunkBytes - 1) / ChunkBytes);
        if (count < _chunks!.Count)
        {
            _chunks.RemoveRange(count, _chunks.Count - count);
        }

        // What is cut off must be zeros if the file grows again.
        var tail = (int)(size % ChunkBytes);
        if (size < _size && tail > 0 && _chunks[count - 1] is { } last && last.Length > tail)
        {
            last.AsSpan(tail).Clear();
            // Nor may it be held for nothing: scratch is charged by size, and this happens to as many files as the guest may have.
            _chunks[count - 1] = last.Length > Math.Max(FirstBytes, 2 * tail) ? last[..tail] : last;
        }

        while (_chunks.Count < count)
        {
            _chunks.Add(null);
        }

        _size = size;
    }

    private byte[] Chunk(int index, int atLeast)
    {
        var chunk = _chunks![index] ?? [];
        if (chunk.Length < atLeast)
        {
            // A file of one chunk grows by doubling, so that many small files stay small.
            var size = index > 0 || _chunks.Count > 1 ? ChunkBytes : Math.Min(ChunkBytes, Math.Max(atLeast, Math.Max(FirstBytes, 2 * chunk.Length)));
            Array.Resize(ref chunk, size);
            _chunks[index] = chunk;
        }

        return chunk;
    }
}
