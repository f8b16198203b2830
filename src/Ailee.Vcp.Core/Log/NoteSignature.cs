namespace Ailee.Vcp.Core.Log;

/// <summary>One signature line of a note.</summary>
/// <param name="Name">Name of the key, for people.</param>
/// <param name="KeyHash">First four bytes of the hash of name and key, big-endian.</param>
/// <param name="Bytes">The signature; its form depends on the key's type.</param>
public sealed record NoteSignature(string Name, uint KeyHash, ReadOnlyMemory<byte> Bytes);
