using System.Net;

namespace Ailee.Vcp.Server.Auth;

/// <summary>An identity provider (OpenID Connect) whose access tokens are taken beside API keys.</summary>
public sealed class JwtOptions
{
    /// <summary>Configuration section.</summary>
    public const string Section = "Auth:Jwt";

    /// <summary>The provider, exactly as its tokens name it in <c>iss</c>: an https address, or an http one of loopback. Default empty: no tokens are taken.</summary>
    public string Authority { get; set; } = string.Empty;

    /// <summary>What the tokens' <c>aud</c> must hold. Needed with <see cref="Authority"/>. Default empty.</summary>
    public string Audience { get; set; } = string.Empty;

    /// <summary>Claim that names the tenant. Default <c>tenant</c>.</summary>
    public string TenantClaim { get; set; } = "tenant";

    /// <summary>Claim that lists scopes, as an array or separated by blanks. Default <c>scope</c>.</summary>
    public string ScopeClaim { get; set; } = "scope";

    /// <summary>What the names of this server's scopes begin with at the provider; other scopes mean nothing here. Default <c>vcp:</c>.</summary>
    public string ScopePrefix { get; set; } = "vcp:";

    /// <summary>Whether tokens are taken.</summary>
    public bool IsOn => Authority.Length > 0;

    /// <summary>Every problem of these values, each naming its configuration key.</summary>
    public IEnumerable<string> Problems()
    {
        if (IsOn && !IsAuthority(Authority))
        {
            yield return $"{Section}:{nameof(Authority)} must be an https address without query, or an http one of loopback.";
        }
        else if (string.IsNullOrWhiteSpace(Audience) && (IsOn || Audience.Length > 0))
        {
            yield return $"{Section}:{nameof(Audience)} must not be empty.";
        }

        foreach (var (name, value) in new[] { (nameof(TenantClaim), TenantClaim), (nameof(ScopeClaim), ScopeClaim), (nameof(ScopePrefix), ScopePrefix) })
        {
            if (string.IsNullOrWhiteSpace(value))
            {
                yield return $"{Section}:{name} must not be empty.";
            }
        }
    }

    /// <summary>Whether keys may be read from an address: nobody between it and here can change them.</summary>
    internal static bool IsTrustworthy(Uri address) =>
        address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && IPAddress.TryParse(address.Host.Trim('[', ']'), out var ip) && IPAddress.IsLoopback(ip));

    private static bool IsAuthority(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address) && IsTrustworthy(address) && address.Query.Length == 0 && address.Fragment.Length == 0 && address.UserInfo.Length == 0;
}
