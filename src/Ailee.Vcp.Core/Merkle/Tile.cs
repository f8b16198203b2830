namespace Ailee.Vcp.Core.Merkle;

/// <summary>A tile with its hashes.</summary>
/// <param name="Path">Its name, by which it is stored and served.</param>
/// <param name="Bytes"><see cref="TilePath.Width"/> hashes of 32 bytes, one after the other.</param>
public sealed record Tile(TilePath Path, ReadOnlyMemory<byte> Bytes)
{
    /// <summary>The tile that holds these hashes, as many as the path says.</summary>
    internal static Tile Of(TilePath path, ReadOnlySpan<Digest> hashes)
    {
        var bytes = new byte[hashes.Length * Digest.SizeBytes];
        for (var i = 0; i < hashes.Length; i++)
        {
            hashes[i].CopyTo(bytes.AsSpan(i * Digest.SizeBytes));
        }

        return new Tile(path, bytes);
    }

    /// <summary>Writes the hashes to the start of <paramref name="hashes"/>.</summary>
    /// <exception cref="InvalidDataException">There are not as many as the path says.</exception>
    internal void CopyTo(Span<Digest> hashes)
    {
        if (Bytes.Length != Path.Width * Digest.SizeBytes)
        {
            throw new InvalidDataException($"Tile {Path} has {Bytes.Length} bytes, not {Path.Width * Digest.SizeBytes}.");
        }

        for (var i = 0; i < Path.Width; i++)
        {
            hashes[i] = new Digest(Bytes.Span.Slice(i * Digest.SizeBytes, Digest.SizeBytes));
        }
    }
}
