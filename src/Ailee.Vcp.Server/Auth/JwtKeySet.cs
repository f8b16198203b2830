using Microsoft.IdentityModel.Tokens;

namespace Ailee.Vcp.Server.Auth;

/// <summary>The keys that an identity provider signs with, as they were read at a moment.</summary>
/// <param name="Keys">Public keys of the kinds that are taken.</param>
/// <param name="ReadAt">When, in the clock's ticks.</param>
internal sealed record JwtKeySet(IReadOnlyList<JsonWebKey> Keys, long ReadAt)
{
    /// <summary>Takes what can check a signature and nothing that could also make one: of a shared secret the provider's page would be the secret.</summary>
    /// <exception cref="ArgumentException">The text is no key set.</exception>
    public static JwtKeySet Parse(string json, long now) =>
        new([.. new JsonWebKeySet(json).Keys.Where(key => key.Kty is JsonWebAlgorithmsKeyTypes.RSA or JsonWebAlgorithmsKeyTypes.EllipticCurve && key.Use is null or "" or "sig")], now);

    /// <summary>The key of a token's header; null if there is none. Without an id the only key is meant.</summary>
    public JsonWebKey? Find(string? id, string algorithm)
    {
        var found = string.IsNullOrEmpty(id) ? (Keys.Count == 1 ? Keys[0] : null) : Keys.FirstOrDefault(key => key.Kid == id);
        return found is null || (!string.IsNullOrEmpty(found.Alg) && found.Alg != algorithm) ? null : found;
    }
}
