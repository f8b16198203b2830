using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Ailee.Vcp.Core;

/// <summary>
/// The hash of the content digests in a statement, which its payload names (docs/design/statement.md, "Hash"). Names of things, the
/// log and everything else outside of payloads are SHA-256 always. Thread-safe.
/// </summary>
public sealed class ContentHash
{
    private const byte LeafPrefix = 0x00;
    private const byte NodePrefix = 0x01;

    private readonly HashAlgorithmName _algorithm;
    private readonly string _prefix;

    internal ContentHash(string name, string prefix, HashAlgorithmName algorithm, bool isSupported)
    {
        (Name, _prefix, _algorithm, IsSupported) = (name, prefix, algorithm, isSupported);
    }

    /// <summary><c>sha-256</c>, the default. FIPS 180-4.</summary>
    public static ContentHash Sha256 { get; } = new("sha-256", "sha256:", HashAlgorithmName.SHA256, isSupported: true);

    /// <summary><c>sha3-256</c>. FIPS 202.</summary>
    public static ContentHash Sha3 { get; } = new("sha3-256", "sha3-256:", HashAlgorithmName.SHA3_256, SHA3_256.IsSupported);

    /// <summary>As payloads and configuration spell it.</summary>
    public string Name { get; }

    /// <summary>Whether this machine can compute it; nothing but names and texts works otherwise.</summary>
    public bool IsSupported { get; }

    /// <summary>What to tell where it is not supported.</summary>
    public string Unsupported => $"This machine cannot compute {Name}: its cryptographic library does not have it.";

    /// <summary>The hash of that name, or null if statements have none such.</summary>
    public static ContentHash? Find(string? name) => name == Sha256.Name ? Sha256 : name == Sha3.Name ? Sha3 : null;

    /// <summary>The digest of the given bytes.</summary>
    public Digest Of(ReadOnlySpan<byte> data) => Hash(data, default);

    /// <summary>Hash of a leaf: H(0x00 ‖ data) (RFC 9162 §2.1.1).</summary>
    public Digest Leaf(ReadOnlySpan<byte> data) => Hash([LeafPrefix], data);

    /// <summary>Hash of an inner node: H(0x01 ‖ left ‖ right).</summary>
    public Digest Node(Digest left, Digest right)
    {
        Span<byte> buffer = stackalloc byte[1 + (2 * Digest.SizeBytes)];
        buffer[0] = NodePrefix;
        left.CopyTo(buffer[1..]);
        right.CopyTo(buffer[(1 + Digest.SizeBytes)..]);
        return Hash(buffer, default);
    }

    /// <summary>Root of the tree without leaves: H of nothing.</summary>
    public Digest Empty => Of([]);

    /// <summary>For bytes that come one after the other. The caller disposes it.</summary>
    public IncrementalHash Begin() => IncrementalHash.CreateHash(_algorithm);

    /// <summary>The text form of a digest: <c>sha256:</c> or <c>sha3-256:</c>, and 64 lowercase hexadecimal digits.</summary>
    public string Text(Digest digest) => _prefix + digest.ToHex();

    /// <summary>Reads the text form of a digest of this hash.</summary>
    /// <exception cref="FormatException">The text is none.</exception>
    public Digest Parse(string text) =>
        TryParse(text, out var digest) ? digest : throw new FormatException($"A digest is '{_prefix}' and 64 lowercase hexadecimal digits.");

    /// <summary>Reads the text form of a digest of this hash; those of another are refused.</summary>
    public bool TryParse([NotNullWhen(true)] string? text, out Digest digest)
    {
        digest = default;
        return text is not null && text.StartsWith(_prefix, StringComparison.Ordinal) && Digest.TryParseHex(text.AsSpan(_prefix.Length), out digest);
    }

    /// <inheritdoc/>
    public override string ToString() => Name;

    private Digest Hash(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second) =>
        ReferenceEquals(this, Sha256) ? Core.Sha256.Of(first, second) : Core.Sha3.Of(first, second);
}
