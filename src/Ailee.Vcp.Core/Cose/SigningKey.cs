using NSec.Cryptography;

namespace Ailee.Vcp.Core.Cose;

/// <summary>An Ed25519 private key. The secret stays in memory that NSec guards and wipes on disposal. Safe for concurrent use.</summary>
public sealed class SigningKey : IDisposable
{
    /// <summary>Length of the seed (the private key of RFC 8032) in bytes.</summary>
    public const int SeedSizeBytes = 32;

    /// <summary>Length of a signature in bytes.</summary>
    public const int SignatureSizeBytes = 64;

    private readonly Key _key;

    private SigningKey(Key key)
    {
        _key = key;
        PublicKey = PublicKey.TryCreate(key.Export(KeyBlobFormat.RawPublicKey), out var publicKey)
            ? publicKey
            : throw new InvalidOperationException("The crypto library returned an unusable public key.");
    }

    /// <summary>The matching public key.</summary>
    public PublicKey PublicKey { get; }

    /// <summary>A new random key.</summary>
    public static SigningKey Create() =>
        new(Key.Create(SignatureAlgorithm.Ed25519, new KeyCreationParameters { ExportPolicy = KeyExportPolicies.AllowPlaintextExport }));

    /// <summary>The key that a 32-byte seed determines.</summary>
    /// <exception cref="FormatException">The seed is not 32 bytes.</exception>
    public static SigningKey FromSeed(ReadOnlySpan<byte> seed) =>
        new(Key.Import(SignatureAlgorithm.Ed25519, seed, KeyBlobFormat.RawPrivateKey, new KeyCreationParameters { ExportPolicy = KeyExportPolicies.AllowPlaintextExport }));

    /// <summary>The 32-byte seed, for writing a key file.</summary>
    public byte[] ExportSeed() => _key.Export(KeyBlobFormat.RawPrivateKey);

    /// <summary>The 64-byte signature over <paramref name="data"/>.</summary>
    public byte[] Sign(ReadOnlySpan<byte> data) => SignatureAlgorithm.Ed25519.Sign(_key, data);

    /// <inheritdoc/>
    public void Dispose() => _key.Dispose();
}
