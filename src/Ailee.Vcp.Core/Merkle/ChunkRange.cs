namespace Ailee.Vcp.Core.Merkle;

/// <summary>The chunks of a <see cref="Blob"/> that a range of its bytes touches.</summary>
/// <param name="First">Index of the first chunk.</param>
/// <param name="Count">How many chunks; 0 only for a blob without bytes.</param>
public readonly record struct ChunkRange(long First, long Count)
{
    /// <summary>How many chunks a blob of a length has; the length is not negative.</summary>
    public static long CountOf(long blobLength) => (blobLength / Blob.ChunkSizeBytes) + (blobLength % Blob.ChunkSizeBytes == 0 ? 0 : 1);

    /// <summary>How many bytes a chunk has: 64 KiB, the last one maybe fewer.</summary>
    public static int LengthOf(long blobLength, long index) => (int)Math.Min(Blob.ChunkSizeBytes, blobLength - OffsetOf(index));

    /// <summary>Where a chunk begins.</summary>
    public static long OffsetOf(long index) => index * Blob.ChunkSizeBytes;

    /// <summary>
    /// The chunks of a range. Null if the range is not within the blob or has no bytes, unless the blob has none either. Takes
    /// any numbers.
    /// </summary>
    public static ChunkRange? Of(long blobLength, long offset, long length)
    {
        if (offset < 0 || length < 0 || offset > blobLength || length > blobLength - offset || (length == 0 && blobLength > 0))
        {
            return null;
        }

        if (length == 0)
        {
            return default(ChunkRange);
        }

        var (first, last) = (offset / Blob.ChunkSizeBytes, (offset + length - 1) / Blob.ChunkSizeBytes);
        return new ChunkRange(first, last - first + 1);
    }
}
