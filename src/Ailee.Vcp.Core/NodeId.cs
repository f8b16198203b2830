using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;

namespace Ailee.Vcp.Core;

/// <summary>
/// Names a node by its key: the SHA-256 COSE key thumbprint (RFC 9679) of its Ed25519 public key, in text as base64url
/// without padding (43 characters).
/// </summary>
public readonly record struct NodeId(Digest Thumbprint)
{
    /// <summary>Reads the text form.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out NodeId id)
    {
        id = default;
        Span<byte> bytes = stackalloc byte[Digest.SizeBytes];
        // TryDecodeFromChars throws on characters outside the alphabet; the status form does not.
        if (text is null || text.Length != 43
            || Base64Url.DecodeFromChars(text, bytes, out _, out var written) != OperationStatus.Done || written != Digest.SizeBytes)
        {
            return false;
        }

        id = new NodeId(new Digest(bytes));
        // Base64 has spare bits in the last character; only the canonical spelling names a node.
        return id.ToString() == text;
    }

    /// <inheritdoc cref="TryParse"/>
    /// <exception cref="FormatException">The text is not a node id.</exception>
    public static NodeId Parse(string text) =>
        TryParse(text, out var id) ? id : throw new FormatException("A node id is 43 base64url characters.");

    /// <inheritdoc/>
    public override string ToString() => Base64Url.EncodeToString(Thumbprint.ToArray());
}
