using System.Security.Cryptography.X509Certificates;
using Ailee.Vcp.Server.Tests.Hosting;
using Ailee.Vcp.Server.Tls;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Ailee.Vcp.Server.Tests.Tls;

/// <summary>Which certificate is shown while its files change.</summary>
public sealed class ServerCertificatesTests : IDisposable, ILogger<ServerCertificates>
{
    private readonly TempDirectory _directory = new();
    private readonly TestAuthority _authority = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly List<(int Id, string Text)> _told = [];

    private string File => _directory.File("server.pem");

    [Fact]
    public void Check_Renewed_ShowsTheNext()
    {
        var certificates = Start(_authority.Issue("one"));

        Write(_authority.Issue("two", until: TestAuthority.Until.AddDays(-1)));
        certificates.Check();

        Assert.Equal(("CN=two", TestAuthority.Until.AddDays(-1)), (Shown(certificates), certificates.ExpiresAt));
        Assert.Equal([5101, 5101], _told.Select(line => line.Id));
    }

    [Fact]
    public void Check_Same_TellsNothing()
    {
        var certificates = Start(_authority.Issue("one"));

        certificates.Check();

        Assert.Single(_told);
    }

    [Theory]
    [InlineData("empty")]
    [InlineData("cut")]
    [InlineData("without key")]
    [InlineData("another's key")]
    [InlineData("gone")]
    [InlineData("expired")]
    [InlineData("not yet valid")]
    public void Check_NextCannotBeUsed_KeepsTheOneBeforeAndSaysSoOnce(string what)
    {
        var certificates = Start(_authority.Issue("one"));
        using var next = _authority.Issue("two");
        var text = TestAuthority.PemOf(next);
        var now = _time.GetUtcNow();
        System.IO.File.WriteAllText(File, what switch
        {
            "empty" => string.Empty,
            "cut" => text[..(text.Length / 2)],
            "without key" => next.ExportCertificatePem(),
            "another's key" => next.ExportCertificatePem() + "\n" + _authority.Issue("three").GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem(),
            "expired" => TestAuthority.PemOf(_authority.Issue("two", until: now.AddMinutes(-1))),
            "not yet valid" => TestAuthority.PemOf(_authority.Issue("two", from: now.AddMinutes(1))),
            _ => string.Empty,
        });
        if (what == "gone")
        {
            System.IO.File.Delete(File);
        }

        certificates.Check();
        certificates.Check();

        Assert.Equal("CN=one", Shown(certificates));
        Assert.Equal([5101, 5103], _told.Select(line => line.Id));
        System.IO.File.WriteAllText(File, text);
        certificates.Check();
        Assert.Equal("CN=two", Shown(certificates));
    }

    [Fact]
    public void Check_NotYetValidComesToBeValid_IsShownThen()
    {
        var certificates = Start(_authority.Issue("one"));
        Write(_authority.Issue("two", from: _time.GetUtcNow().AddMinutes(1)));
        certificates.Check();
        Assert.Equal("CN=one", Shown(certificates));

        _time.Advance(TimeSpan.FromMinutes(1));
        certificates.Check();

        Assert.Equal("CN=two", Shown(certificates));
    }

    [Fact]
    public void Start_ExpiresSoon_IsAWarning()
    {
        Start(_authority.Issue("one", until: _time.GetUtcNow().AddDays(13)));

        Assert.Equal(5102, Assert.Single(_told).Id);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("secret")]
    public void Start_Container_IsTaken(string? password)
    {
        using var certificate = _authority.Issue("one");
        System.IO.File.WriteAllBytes(File, new X509Certificate2Collection { certificate, _authority.Certificate }.Export(X509ContentType.Pkcs12, password)!);

        Assert.Equal("CN=one", Shown(Start(new TlsOptions { CertificateFile = File, Password = password })));
    }

    [Fact]
    public void Start_EncryptedKeyOfItsOwn_IsTaken()
    {
        using var certificate = _authority.Issue("one");
        System.IO.File.WriteAllText(File, certificate.ExportCertificatePem());
        var key = _directory.File("server.key");
        System.IO.File.WriteAllText(key, certificate.GetECDsaPrivateKey()!.ExportEncryptedPkcs8PrivateKeyPem("secret", new(System.Security.Cryptography.PbeEncryptionAlgorithm.Aes256Cbc, System.Security.Cryptography.HashAlgorithmName.SHA256, 1000)));

        Assert.Equal("CN=one", Shown(Start(new TlsOptions { CertificateFile = File, KeyFile = key, Password = "secret" })));
        Assert.Throws<StartupException>(() => Start(new TlsOptions { CertificateFile = File, KeyFile = key, Password = "another" }));
    }

    [Fact]
    public void Start_CannotBeUsed_IsRefused()
    {
        Assert.Contains("Tls:CertificateFile", Assert.Throws<StartupException>(() => Start(new TlsOptions { CertificateFile = File })).Message, StringComparison.Ordinal);
        System.IO.File.WriteAllText(File, "nonsense");
        Assert.Throws<StartupException>(() => Start(new TlsOptions { CertificateFile = File }));
    }

    public void Dispose()
    {
        _authority.Dispose();
        _directory.Dispose();
    }

    IDisposable? ILogger.BeginScope<TState>(TState state) => null;

    bool ILogger.IsEnabled(LogLevel logLevel) => true;

    void ILogger.Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _told.Add((eventId.Id, formatter(state, exception)));

    private ServerCertificates Start(X509Certificate2 certificate)
    {
        Write(certificate);
        return Start(new TlsOptions { CertificateFile = File });
    }

    private ServerCertificates Start(TlsOptions options) => new(Options.Create(options), _time, this);

    private void Write(X509Certificate2 certificate)
    {
        using (certificate)
        {
            System.IO.File.WriteAllText(File, TestAuthority.PemOf(certificate));
        }
    }

    private static string Shown(ServerCertificates certificates) => certificates.Current!.TargetCertificate.Subject;
}
