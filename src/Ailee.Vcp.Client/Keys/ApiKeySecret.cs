using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Ailee.Vcp.Client.Keys;

/// <summary>The form of API keys, for the server and for what makes a key while no server runs.</summary>
/// <param name="Id">Its name for those who manage it; no secret.</param>
/// <param name="Secret">What its holder sends.</param>
public sealed record ApiKeySecret(string Id, string Secret)
{
    /// <summary>What every key begins with. Nothing else that a server takes does.</summary>
    public const string Prefix = "vcp_";

    private const string IdPrefix = "key_";

    /// <summary>A new one: 32 random bytes behind the prefix, as base64url.</summary>
    public static ApiKeySecret Create() => new(
        IdPrefix + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8)),
        Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32)));

    /// <summary>What is stored of a secret: its SHA-256.</summary>
    public static byte[] HashOf(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));

    /// <summary>Whether a text could be the id of a key.</summary>
    public static bool IsId(string text) => text.StartsWith(IdPrefix, StringComparison.Ordinal);
}
