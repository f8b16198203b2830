using System.Net;
using System.Security.Cryptography.X509Certificates;
using Ailee.Vcp.Client;
using Ailee.Vcp.Core.Cose;
using Ailee.Vcp.Server.Tests.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace Ailee.Vcp.Server.Tests.Tls;

/// <summary>With authorities for nodes, calls of nodes need a certificate of one of them.</summary>
public sealed class NodeCertificateTests
{
    private static readonly DateTimeOffset Now = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static TheoryData<string> WrongCertificates { get; } = ["none", "of a stranger", "self-signed", "for servers", "expired", "of an authority that does not exist"];

    [Theory]
    [MemberData(nameof(WrongCertificates))]
    public async Task NodeCalls_WrongCertificate_RefusedAndOthersServed(string what)
    {
        using var nodes = new TestAuthority("nodes");
        await using var tls = await StartAsync(nodes);
        using var stranger = new TestAuthority("nodes");
        using var certificate = what switch
        {
            "none" => null,
            "of a stranger" => stranger.Issue("lamp", TestAuthority.ForClients),
            "self-signed" => new X509Certificate2(stranger.Certificate),
            "for servers" => nodes.Issue("lamp", TestAuthority.ForServers),
            "expired" => nodes.Issue("lamp", TestAuthority.ForClients, until: Now.AddMinutes(-1)),
            _ => tls.Authority.Issue("lamp", TestAuthority.ForClients),
        };
        var http = tls.Connect(certificate);

        using var key = SigningKey.Create();
        await http.PostAsync("api/v1/nodes/challenge", $$"""{"publicKey":"{{key.PublicKey}}"}""", MediaTypes.Json).ProblemAsync("node-certificate-needed");
        await http.PostAsync("api/v1/nodes", "{}", MediaTypes.Json).ProblemAsync("node-certificate-needed");
        await http.PostAsync($"api/v1/nodes/{key.PublicKey.Id}/session", "{}", MediaTypes.Json).ProblemAsync("node-certificate-needed");
        using var stats = await http.GetAsync("api/v1/stats");
        using var module = await http.PostAsync("api/v1/modules", Guests.Unique(1), MediaTypes.Wat);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Created), (stats.StatusCode, module.StatusCode));
    }

    [Fact]
    public async Task NodeCalls_RightCertificate_Served()
    {
        using var nodes = new TestAuthority("nodes");
        await using var tls = await StartAsync(nodes);
        using var certificate = nodes.Issue("lamp", TestAuthority.ForClients);
        using var key = SigningKey.Create();

        using var challenge = await tls.Connect(certificate).PostAsync("api/v1/nodes/challenge", $$"""{"publicKey":"{{key.PublicKey}}"}""", MediaTypes.Json);

        Assert.Equal(HttpStatusCode.OK, challenge.StatusCode);
        // It opens nothing by itself.
        await tls.Connect(certificate).PostAsync($"api/v1/nodes/{key.PublicKey.Id}/leases", "{}", MediaTypes.Json).ProblemAsync("session-ended");
    }

    [Fact]
    public async Task NodeCalls_CertificateExpiresOnAnOpenConnection_RefusedFromThenOn()
    {
        using var nodes = new TestAuthority("nodes");
        var time = new FakeTimeProvider(Now);
        await using var tls = await StartAsync(nodes, time);
        using var certificate = nodes.Issue("lamp", TestAuthority.ForClients, until: Now.AddMinutes(5));
        using var key = SigningKey.Create();
        var (http, body) = (tls.Connect(certificate), $$"""{"publicKey":"{{key.PublicKey}}"}""");
        using var before = await http.PostAsync("api/v1/nodes/challenge", body, MediaTypes.Json);
        Assert.Equal(HttpStatusCode.OK, before.StatusCode);

        time.Advance(TimeSpan.FromMinutes(6));

        await http.PostAsync("api/v1/nodes/challenge", body, MediaTypes.Json).ProblemAsync("node-certificate-needed");
    }

    [Fact]
    public async Task NodeCalls_WithoutTls_Refused()
    {
        using var nodes = new TestAuthority("nodes");
        using var directory = new TempDirectory();
        File.WriteAllText(directory.File("nodes.pem"), nodes.Pem);
        await using var server = await RunningServer.StartAsync(new ServerSetup { NodeWorks = false, Configuration = { ["Tls:NodeAuthorities:0"] = directory.File("nodes.pem") } });

        await server.Http.PostAsync("api/v1/nodes/challenge", "{}", MediaTypes.Json).ProblemAsync("node-certificate-needed");
    }

    [Theory]
    [InlineData(null)]
    [InlineData("nothing")]
    public async Task Start_AuthorityThatIsNone_Refused(string? content)
    {
        using var directory = new TempDirectory();
        var file = directory.File("nodes.pem");
        if (content is not null)
        {
            File.WriteAllText(file, content);
        }

        var exception = await Assert.ThrowsAsync<StartupException>(() => RunningServer.StartAsync(new ServerSetup { NodeWorks = false, Configuration = { ["Tls:NodeAuthorities:0"] = file } }));

        Assert.Contains(file, exception.Message, StringComparison.Ordinal);
    }

    private static Task<TlsServer> StartAsync(TestAuthority nodes, TimeProvider? time = null) => TlsServer.StartAsync(time ?? new FakeTimeProvider(Now), server =>
    {
        var file = server.File("nodes.pem");
        File.WriteAllText(file, nodes.Pem);
        return [("Tls:NodeAuthorities:0", file)];
    });
}
