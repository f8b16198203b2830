using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Ailee.Vcp.Server.Tls;

/// <summary>A certificate as it lies in files.</summary>
internal sealed record CertificateFiles(byte[] Certificate, byte[]? Key, string? Password)
{
    private const string Pem = "-----BEGIN CERTIFICATE-----";

    /// <summary>Reads the files.</summary>
    /// <exception cref="IOException">One cannot be read; also as <see cref="UnauthorizedAccessException"/>.</exception>
    public static CertificateFiles Read(TlsOptions options) =>
        new(File.ReadAllBytes(options.CertificateFile!), options.KeyFile is { } key ? File.ReadAllBytes(key) : null, options.Password);

    /// <summary>The same for the same bytes.</summary>
    public string Fingerprint() => Core.Digest.Of([.. SHA256.HashData(Certificate), .. SHA256.HashData(Key ?? [])]).ToString();

    /// <summary>The certificate with its key, and what the server sends behind it.</summary>
    /// <exception cref="CryptographicException">They hold no certificate, no key, another's key, or need another password.</exception>
    public SslStreamCertificateContext Parse()
    {
        var (certificate, chain) = Encoding.Latin1.GetString(Certificate).Contains(Pem, StringComparison.Ordinal) ? ParsePem() : ParseContainer();
        return SslStreamCertificateContext.Create(certificate, chain, offline: true);
    }

    private (X509Certificate2 Certificate, X509Certificate2Collection Chain) ParsePem()
    {
        var (text, key) = (Encoding.UTF8.GetString(Certificate), Encoding.UTF8.GetString(Key ?? Certificate));
        try
        {
            var certificate = Password is null ? X509Certificate2.CreateFromPem(text, key) : X509Certificate2.CreateFromEncryptedPem(text, key, Password);
            var chain = new X509Certificate2Collection();
            chain.ImportFromPem(text);
            chain.RemoveAt(0);
            return (certificate, chain);
        }
        catch (ArgumentException exception)
        {
            // A key of another certificate.
            throw new CryptographicException(exception.Message, exception);
        }
    }

    private (X509Certificate2 Certificate, X509Certificate2Collection Chain) ParseContainer()
    {
        var chain = X509CertificateLoader.LoadPkcs12Collection(Certificate, Password);
        var certificate = chain.FirstOrDefault(item => item.HasPrivateKey) ?? throw new CryptographicException("There is no certificate with its key in it.");
        chain.Remove(certificate);
        return (certificate, chain);
    }
}
