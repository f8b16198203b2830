using System.Net;
using Ailee.Vcp.Server.Tests.Hosting;
using Ailee.Vcp.Server.Tls;
using Microsoft.Extensions.Time.Testing;

namespace Ailee.Vcp.Server.Tests.Tls;

/// <summary>Real connections to a server with a certificate of its own.</summary>
public sealed class TlsConnectionTests
{
    [Fact]
    public async Task Connect_CertificateRenewed_NewConnectionsSeeItAndOpenOnesGoOn()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));
        await using var tls = await TlsServer.StartAsync(time);
        var (before, after) = (new List<string>(), new List<string>());
        var open = tls.Connect(seen: before);
        await AnswersAsync(open);

        tls.Show(tls.Authority.Issue("two", until: TestAuthority.Until.AddDays(-7)));
        var certificates = tls.Server.Get<ServerCertificates>();
        await LogCalls.UntilAsync(() => certificates.Current!.TargetCertificate.Subject == "CN=two", () => time.Advance(TimeSpan.FromSeconds(60)));

        var next = tls.Connect(seen: after);
        await AnswersAsync(next);
        await AnswersAsync(open);
        Assert.Equal(["CN=one"], before);
        Assert.Equal(["CN=two"], after);
        var expected = $"vcp_tls_certificate_expiry_timestamp_seconds {TestAuthority.Until.AddDays(-7).ToUnixTimeSeconds()}\n";
        Assert.Contains(expected, await next.GetStringAsync("metrics"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connect_CertificateOfAnIntermediate_SendsItsChain()
    {
        await using var tls = await TlsServer.StartAsync(configure: server =>
        {
            using var between = new TestAuthority("between", server.Authority);
            server.Show(between.Issue("leaf"), between.Pem);
            return [];
        });
        var seen = new List<string>();

        await AnswersAsync(tls.Connect(seen: seen));

        Assert.Equal(["CN=leaf"], seen);
    }

    [Theory]
    [InlineData("vcp.test", "max-age=31536000")]
    [InlineData("localhost", null)]
    [InlineData("127.0.0.1", null)]
    public async Task Answer_OverTls_TellsBrowsersToStayWithItUnlessOnLoopback(string host, string? expected)
    {
        await using var tls = await TlsServer.StartAsync();

        using var response = await tls.Connect().GetAsync("health/live", ("Host", host));

        Assert.Equal(expected, response.Headers.TryGetValues("Strict-Transport-Security", out var values) ? Assert.Single(values) : null);
    }

    [Fact]
    public async Task Answer_WithoutTlsOrSwitchedOff_DoesNot()
    {
        await using var plain = await RunningServer.StartAsync(new ServerSetup { NodeWorks = false });
        await using var tls = await TlsServer.StartAsync(configure: _ => [("Tls:HstsSeconds", "0")]);

        foreach (var http in new[] { plain.Http, tls.Connect() })
        {
            using var response = await http.GetAsync("health/live", ("Host", "vcp.test"));
            Assert.False(response.Headers.Contains("Strict-Transport-Security"));
        }
    }

    private static async Task AnswersAsync(HttpClient http)
    {
        using var response = await http.GetAsync("health/live");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }
}
