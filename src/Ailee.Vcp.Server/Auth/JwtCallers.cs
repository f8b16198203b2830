using System.Globalization;
using System.Security.Claims;
using Ailee.Vcp.Server.Http;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Ailee.Vcp.Server.Auth;

/// <summary>Knows callers by the access tokens of an identity provider (JWT, RFC 7519): by signature, issuer, audience and times, then a tenant and scopes.</summary>
internal sealed class JwtCallers(IOptions<JwtOptions> options, JwtIssuer issuer, RateLimits rates, TimeProvider time)
{
    private const int MostTokenBytes = 16 * 1024;
    private const int MostSubjectCharacters = 128;
    private static readonly TimeSpan Skew = TimeSpan.FromSeconds(30);

    // Signatures that only the provider can make. "none" is none, and of HS… the provider's public key would be the secret.
    private static readonly string[] Algorithms = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"];

    private static readonly JsonWebTokenHandler Handler = new() { MaximumTokenSizeInBytes = MostTokenBytes, MapInboundClaims = false };

    private readonly JwtOptions _options = options.Value;

    /// <summary>Whether there is a provider.</summary>
    public bool AreTaken => _options.IsOn;

    /// <summary>Who holds a token, or why nobody does.</summary>
    public async Task<(Caller? Caller, Problem? Problem)> IdentifyAsync(string text, CancellationToken cancellationToken)
    {
        // Nobody has the provider asked by what cannot be its token.
        if (TryParse(text) is not { } token || token.TryGetHeaderValue<object>("crit", out _) || !Algorithms.Contains(token.Alg) || token.Issuer != _options.Authority)
        {
            return (null, Invalid("It is no signed token of the identity provider."));
        }

        var keys = await issuer.FindKeysAsync(held => held.Find(token.Kid, token.Alg) is not null, cancellationToken);
        if (keys is null)
        {
            return (null, Problems.IdentityProviderUnavailable.Because("API keys go on working.") with { RetryAfterSeconds = (int)JwtIssuer.LeastInterval.TotalSeconds });
        }

        if (keys.Find(token.Kid, token.Alg) is not { } key)
        {
            return (null, Invalid("The identity provider has no such key."));
        }

        var result = await Handler.ValidateTokenAsync(token, ParametersFor(key));
        return !result.IsValid ? (null, Invalid(Explain(result.Exception))) : ToCaller(token);
    }

    private static JsonWebToken? TryParse(string text)
    {
        try
        {
            return text.Length <= MostTokenBytes && Handler.CanReadToken(text) ? Handler.ReadJsonWebToken(text) : null;
        }
        catch (Exception exception) when (exception is ArgumentException or SecurityTokenException or FormatException or System.Text.Json.JsonException)
        {
            return null;
        }
    }

    private TokenValidationParameters ParametersFor(JsonWebKey key) => new()
    {
        IssuerSigningKey = key,
        ValidAlgorithms = Algorithms,
        ValidIssuer = _options.Authority,
        ValidAudience = _options.Audience,
        RequireExpirationTime = true,
        RequireSignedTokens = true,
        // The library's own looks at the machine's clock.
        LifetimeValidator = (notBefore, expires, _, _) => expires is { } end && time.GetUtcNow().UtcDateTime is var now && now < end + Skew && !(notBefore > now + Skew),
    };

    private (Caller? Caller, Problem? Problem) ToCaller(JsonWebToken token)
    {
        var subject = token.Subject;
        if (subject is not { Length: > 0 and <= MostSubjectCharacters } || subject.Any(c => char.IsControl(c) || char.GetUnicodeCategory(c) is UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator))
        {
            return (null, Invalid($"Its claim 'sub' must be 1 to {MostSubjectCharacters} printable characters."));
        }

        // As text the library would also give numbers.
        if (!token.TryGetPayloadValue<object>(_options.TenantClaim, out var claim) || claim is not string tenant || Tenants.Check(tenant) is not null)
        {
            return (null, Invalid($"Its claim '{_options.TenantClaim}' names no tenant, which is {Tenants.Form}."));
        }

        var scopes = Scope.None;
        // Strings and lists of them; of an object the claim's value would be its JSON.
        foreach (var name in token.Claims.Where(listed => listed.Type == _options.ScopeClaim && listed.ValueType == ClaimValueTypes.String).SelectMany(listed => listed.Value.Split(' ')))
        {
            scopes |= name.StartsWith(_options.ScopePrefix, StringComparison.Ordinal) ? Scopes.Parse([name[_options.ScopePrefix.Length..]]) ?? Scope.None : Scope.None;
        }

        // A key's id stands before a name, so no subject looks like one.
        return (new Caller($"jwt:{subject}", tenant, Scopes.Expand(scopes)) { Until = token.ValidTo + Skew, Rate = rates.OfSubject(subject) }, null);
    }

    private static string Explain(Exception exception) => exception switch
    {
        SecurityTokenInvalidLifetimeException => "It is over, or not good yet.",
        SecurityTokenInvalidAudienceException => "It is for another audience.",
        SecurityTokenInvalidSignatureException => "Its signature is wrong.",
        _ => "It does not hold.",
    };

    private static Problem Invalid(string detail) => Problems.TokenInvalid.Because(detail);
}
