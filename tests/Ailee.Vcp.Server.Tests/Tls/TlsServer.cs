using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Ailee.Vcp.Server.Tests.Hosting;

namespace Ailee.Vcp.Server.Tests.Tls;

/// <summary>A server with a certificate, on loopback, and clients that trust its authority.</summary>
internal sealed class TlsServer : IAsyncDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly List<HttpClient> _clients = [];
    private RunningServer? _server;

    public TestAuthority Authority { get; } = new();

    public RunningServer Server => _server!;

    public string CertificateFile => _directory.File("server.pem");

    public string File(string name) => _directory.File(name);

    public static async Task<TlsServer> StartAsync(TimeProvider? time = null, Func<TlsServer, IEnumerable<(string Key, string Value)>>? configure = null, string url = "https://127.0.0.1:0", string name = "one")
    {
        var tls = new TlsServer();
        tls.Show(tls.Authority.Issue(name));
        var setup = new ServerSetup { NodeWorks = false, Time = time, Url = url, Configuration = { ["Tls:CertificateFile"] = tls.CertificateFile } };
        foreach (var (key, value) in configure?.Invoke(tls) ?? [])
        {
            setup.Configuration[key] = value;
        }

        tls._server = await RunningServer.StartAsync(setup);
        return tls;
    }

    /// <summary>Puts a certificate in the place of the server's.</summary>
    public void Show(X509Certificate2 certificate, string chain = "")
    {
        using (certificate)
        {
            System.IO.File.WriteAllText(CertificateFile, TestAuthority.PemOf(certificate) + chain);
        }
    }

    /// <summary>A client that trusts the authority alone. <paramref name="seen"/> gets the subject of each certificate that it is shown.</summary>
    public HttpClient Connect(X509Certificate2? certificate = null, ICollection<string>? seen = null)
    {
        var options = new SslClientAuthenticationOptions
        {
            CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, CustomTrustStore = { Authority.Certificate }, RevocationMode = X509RevocationMode.NoCheck },
            ClientCertificateContext = certificate is null ? null : SslStreamCertificateContext.Create(certificate, [], offline: true),
        };
        if (seen is not null)
        {
            options.RemoteCertificateValidationCallback = (_, shown, _, errors) =>
            {
                seen.Add(shown!.Subject);
                return errors == SslPolicyErrors.None;
            };
        }

        var http = new HttpClient(new SocketsHttpHandler { SslOptions = options }) { BaseAddress = Server.Url };
        _clients.Add(http);
        return http;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients)
        {
            client.Dispose();
        }

        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        Authority.Dispose();
        _directory.Dispose();
    }
}
