using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ailee.Vcp.Server.Tests.Auth;

/// <summary>An identity provider on a port of its own, that can be made to misbehave.</summary>
internal sealed class IdentityProvider : IAsyncDisposable
{
    private readonly WebApplication _app;
    private int _reads;

    private IdentityProvider(WebApplication app)
    {
        _app = app;
        app.MapGet("/.well-known/openid-configuration", () => Discovery());
        app.MapGet("/keys", () => Keys());
    }

    public RSA Rsa { get; } = RSA.Create(2048);

    public ECDsa Ec { get; } = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public string Authority => _app.Urls.First();

    /// <summary>How often the keys were asked for.</summary>
    public int Reads => Volatile.Read(ref _reads);

    /// <summary>The document's issuer, if it is not the authority.</summary>
    public string? Issuer { get; set; }

    /// <summary>Where the keys are, if not here.</summary>
    public string? KeysAddress { get; set; }

    /// <summary>The answer instead of the discovery document.</summary>
    public Func<IResult>? Instead { get; set; }

    /// <summary>Ids of the keys that are published.</summary>
    public string RsaId { get; set; } = "rsa-1";

    public static async Task<IdentityProvider> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance);
        var provider = new IdentityProvider(builder.Build());
        await provider._app.StartAsync();
        return provider;
    }

    /// <summary>A token with these claims, signed with RS256.</summary>
    public string Token(object claims, string algorithm = "RS256", string? id = null) => Sign(
        new { alg = algorithm, typ = "at+jwt", kid = id ?? (algorithm == "ES256" ? "ec-1" : RsaId) },
        claims,
        input => algorithm switch
        {
            "RS256" => Rsa.SignData(input, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
            "PS256" => Rsa.SignData(input, HashAlgorithmName.SHA256, RSASignaturePadding.Pss),
            "ES256" => Ec.SignData(input, HashAlgorithmName.SHA256),
            // What a verifier would take that used the public key as a secret.
            "HS256" => HMACSHA256.HashData(Rsa.ExportSubjectPublicKeyInfo(), input),
            _ => [],
        });

    /// <summary>A token of whatever it is told.</summary>
    /// <param name="header">The header.</param>
    /// <param name="claims">The claims, or their bytes as they stand.</param>
    /// <param name="sign">Signs both.</param>
    public static string Sign(object header, object claims, Func<byte[], byte[]> sign)
    {
        var input = $"{Encode(JsonSerializer.SerializeToUtf8Bytes(header))}.{Encode(claims as byte[] ?? JsonSerializer.SerializeToUtf8Bytes(claims))}";
        return $"{input}.{Encode(sign(Encoding.ASCII.GetBytes(input)))}";
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        Rsa.Dispose();
        Ec.Dispose();
    }

    private IResult Discovery() => Instead?.Invoke() ?? Results.Json(new { issuer = Issuer ?? Authority, jwks_uri = KeysAddress ?? Authority + "/keys" });

    private IResult Keys()
    {
        Interlocked.Increment(ref _reads);
        var (rsa, ec) = (Rsa.ExportParameters(false), Ec.ExportParameters(false));
        return Results.Json(new
        {
            keys = new object[]
            {
                new { kty = "RSA", use = "sig", kid = RsaId, n = Encode(rsa.Modulus!), e = Encode(rsa.Exponent!) },
                new { kty = "EC", use = "sig", kid = "ec-1", crv = "P-256", x = Encode(ec.Q.X!), y = Encode(ec.Q.Y!) },
                new { kty = "RSA", use = "enc", kid = "encrypts", n = Encode(rsa.Modulus!), e = Encode(rsa.Exponent!) },
                new { kty = "oct", kid = "shared", k = Encode("0123456789abcdef0123456789abcdef"u8.ToArray()) },
            },
        });
    }

    private static string Encode(byte[] bytes) => Base64Url.EncodeToString(bytes);
}
