using Ailee.Vcp.Core.Cose;

namespace Ailee.Vcp.Node.Keys;

/// <summary>A node's key file: the 32-byte Ed25519 seed, nothing else, mode 0600.</summary>
public static class NodeKey
{
    /// <summary>Loads the key, or creates it on first use.</summary>
    /// <exception cref="InvalidDataException">The file is not a key.</exception>
    public static SigningKey LoadOrCreate(string path) => SigningKey.FromSeed(SecretFile.LoadOrCreate(path, SigningKey.SeedSizeBytes, NewSeed));

    private static byte[] NewSeed()
    {
        using var key = SigningKey.Create();
        return key.ExportSeed();
    }
}
