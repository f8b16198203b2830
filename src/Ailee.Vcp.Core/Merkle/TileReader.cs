namespace Ailee.Vcp.Core.Merkle;

/// <summary>Reads a stored tile: exactly <see cref="TilePath.Width"/> hashes of 32 bytes, one after the other.</summary>
public delegate ReadOnlyMemory<byte> TileReader(TilePath path);
