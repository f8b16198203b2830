using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Formats.Cbor;
using Ailee.Vcp.Core.Cbor;
using NSec.Cryptography;

namespace Ailee.Vcp.Core.Cose;

/// <summary>An Ed25519 public key (RFC 8032): 32 bytes, in text as base64url without padding.</summary>
public sealed class PublicKey : IEquatable<PublicKey>
{
    /// <summary>Length of the raw key in bytes.</summary>
    public const int SizeBytes = 32;

    private readonly byte[] _bytes;
    private readonly NSec.Cryptography.PublicKey _key;

    private PublicKey(byte[] bytes, NSec.Cryptography.PublicKey key)
    {
        _bytes = bytes;
        _key = key;
        Id = new NodeId(Digest.Of(EncodeCoseKey()));
    }

    /// <summary>The thumbprint that names whoever holds the key.</summary>
    public NodeId Id { get; }

    /// <summary>The 32 raw bytes.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>Wraps 32 raw bytes; false for any other length. A key off the curve or of low order verifies nothing.</summary>
    public static bool TryCreate(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out PublicKey? key)
    {
        key = bytes.Length == SizeBytes && NSec.Cryptography.PublicKey.TryImport(SignatureAlgorithm.Ed25519, bytes, KeyBlobFormat.RawPublicKey, out var imported)
            ? new PublicKey(bytes.ToArray(), imported!)
            : null;
        return key is not null;
    }

    /// <summary>Reads the text form.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out PublicKey? key)
    {
        key = null;
        Span<byte> bytes = stackalloc byte[SizeBytes];
        return text is { Length: 43 }
            && Base64Url.DecodeFromChars(text, bytes, out _, out var written) == OperationStatus.Done
            && written == SizeBytes
            && TryCreate(bytes, out key);
    }

    /// <summary>True if <paramref name="signature"/> (64 bytes) is this key's over <paramref name="data"/>.</summary>
    public bool Verify(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature) =>
        SignatureAlgorithm.Ed25519.Verify(_key, data, signature);

    /// <summary>The COSE_Key map with the required members only, the form that RFC 9679 hashes: <c>{1: 1, -1: 6, -2: x}</c>.</summary>
    public byte[] EncodeCoseKey() => CborWriting.Encode(this, static (writer, key) => key.WriteCoseKey(writer));

    /// <inheritdoc/>
    public bool Equals(PublicKey? other) => other is not null && Bytes.SequenceEqual(other.Bytes);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as PublicKey);

    /// <inheritdoc/>
    public override int GetHashCode() => BitConverter.ToInt32(_bytes);

    /// <inheritdoc/>
    public override string ToString() => Base64Url.EncodeToString(_bytes);

    internal void WriteCoseKey(CborWriter writer)
    {
        writer.WriteStartMap(3);
        writer.WriteInt32(1); // kty
        writer.WriteInt32(1); // OKP
        writer.WriteInt32(-1); // crv
        writer.WriteInt32(6); // Ed25519
        writer.WriteInt32(-2); // x
        writer.WriteByteString(_bytes);
        writer.WriteEndMap();
    }

    internal static PublicKey ReadCoseKey(ShapeReader reader)
    {
        reader.Map(3, "the COSE key");
        reader.Key(1);
        RequireValue(reader, "kty", 1);
        reader.Key(-1);
        RequireValue(reader, "crv", 6);
        reader.Key(-2);
        var x = reader.Bytes("x", SizeBytes);
        reader.EndMap();
        return TryCreate(x.Span, out var key) ? key : throw reader.Wrong("x is not an Ed25519 key.");
    }

    private static void RequireValue(ShapeReader reader, string name, long value)
    {
        if (reader.Integer(name) != value)
        {
            throw reader.Wrong($"{name} must be {value}.");
        }
    }
}
