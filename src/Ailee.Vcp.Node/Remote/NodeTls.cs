using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Serialization;

namespace Ailee.Vcp.Node.Remote;

/// <summary>How a node and its server know each other's connections, beyond what the machine trusts. Files are read again for each new connection, so they can be renewed.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record NodeTls
{
    private const string PinPrefix = "sha256:";

    /// <summary>File of the authority that certified the server, PEM. Only servers of it are trusted then. Null: those that the machine trusts.</summary>
    public string? Authority { get; init; }

    /// <summary>The server's key, as <c>sha256:</c> and 64 hexadecimal digits of the SHA-256 of its SubjectPublicKeyInfo. A server with it is trusted whatever its certificate says; others are not. Null: by its certificate.</summary>
    public string? Pin { get; init; }

    /// <summary>File of the node's own certificate, PEM, for servers that want one. Null: none.</summary>
    public string? Certificate { get; init; }

    /// <summary>File of its key, PEM. Null: it is in the certificate's file.</summary>
    public string? CertificateKey { get; init; }

    /// <summary>What is wrong with it, or null. Files are looked at too.</summary>
    public string? Problem()
    {
        try
        {
            return Pin is not null && !IsPin(Pin) ? $"pin must be '{PinPrefix}' and 64 hexadecimal digits."
                : CertificateKey is not null && Certificate is null ? "certificateKey needs a certificate."
                : Authority is not null && LoadAuthority().Count == 0 ? $"{Authority} holds no certificate."
                : LoadCertificate() is { HasPrivateKey: false } ? $"{Certificate} has no key."
                : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or CryptographicException)
        {
            return exception.Message;
        }
    }

    /// <summary>The pin of a certificate's key.</summary>
    public static string PinOf(X509Certificate2 certificate) => PinPrefix + Convert.ToHexStringLower(SHA256.HashData(certificate.PublicKey.ExportSubjectPublicKeyInfo()));

    /// <summary>As connections want it.</summary>
    internal SslClientAuthenticationOptions ToOptions()
    {
        var options = new SslClientAuthenticationOptions();
        if (Authority is not null || Pin is not null)
        {
            options.RemoteCertificateValidationCallback = (_, certificate, chain, errors) => certificate is X509Certificate2 server && IsTrusted(server, chain, errors);
        }

        if (Certificate is not null)
        {
            options.LocalCertificateSelectionCallback = (_, _, _, _, _) => LoadCertificate()!;
        }

        return options;
    }

    private static bool IsPin(string pin) =>
        pin.StartsWith(PinPrefix, StringComparison.Ordinal) && pin.Length == PinPrefix.Length + (2 * SHA256.HashSizeInBytes) && pin[PinPrefix.Length..].All(char.IsAsciiHexDigitLower);

    private bool IsTrusted(X509Certificate2 server, X509Chain? sent, SslPolicyErrors errors)
    {
        if (Pin is not null)
        {
            return PinOf(server) == Pin;
        }

        if ((errors & (SslPolicyErrors.RemoteCertificateNameMismatch | SslPolicyErrors.RemoteCertificateNotAvailable)) != 0)
        {
            return false;
        }

        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(LoadAuthority());
        chain.ChainPolicy.ExtraStore.AddRange(sent?.ChainPolicy.ExtraStore ?? []);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        return chain.Build(server);
    }

    private X509Certificate2Collection LoadAuthority()
    {
        var authority = new X509Certificate2Collection();
        authority.ImportFromPemFile(Authority!);
        return authority;
    }

    private X509Certificate2? LoadCertificate() => Certificate is null ? null : X509Certificate2.CreateFromPemFile(Certificate, CertificateKey);
}
