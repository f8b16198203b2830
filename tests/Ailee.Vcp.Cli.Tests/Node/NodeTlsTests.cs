using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Ailee.Vcp.Cli.Node;
using Ailee.Vcp.Client;
using Ailee.Vcp.Client.Nodes;
using Ailee.Vcp.Client.Tasks;
using Ailee.Vcp.Node.Remote;
using Ailee.Vcp.Server;
using Ailee.Vcp.Server.Tests.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;

namespace Ailee.Vcp.Cli.Tests.Node;

/// <summary>A node and a server that know each other by certificates, from joining to a task that is done.</summary>
public sealed class NodeTlsTests : IAsyncLifetime
{
    private const string Adder = """(module (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1))))""";

    private readonly TempDirectory _files = new();
    private readonly TestAuthority _servers = new("servers");
    private readonly TestAuthority _nodes = new("nodes");
    private X509Certificate2 _certificate = null!;
    private WebApplication _app = null!;
    private HttpClient _http = null!;
    private string _address = null!;

    private string Place => _files.Path("node");

    private string Authority => _files.Path("servers.pem");

    public async ValueTask InitializeAsync()
    {
        _certificate = _servers.Issue("server");
        File.WriteAllText(_files.Path("server.pem"), TestAuthority.PemOf(_certificate));
        File.WriteAllText(Authority, _servers.Pem);
        File.WriteAllText(_files.Path("nodes.pem"), _nodes.Pem);
        using var lamp = _nodes.Issue("lamp", TestAuthority.ForClients);
        File.WriteAllText(_files.Path("lamp.pem"), lamp.ExportCertificatePem());
        File.WriteAllText(_files.Path("lamp.key"), lamp.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
        _app = ServerHost.Build(
        [
            "--urls", "https://127.0.0.1:0", "--Storage:DataDirectory", _files.Path("data"), "--Sandbox:MemoryBytes", "33554432", "--Sandbox:Slots", "1",
            "--Tls:CertificateFile", _files.Path("server.pem"), "--Tls:NodeAuthorities:0", _files.Path("nodes.pem"),
        ]);
        await _app.StartAsync();
        _address = _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        _http = NodeEnroller.Connect(new Uri(_address), new NodeTls { Authority = Authority });
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        _certificate.Dispose();
        _nodes.Dispose();
        _servers.Dispose();
        _files.Dispose();
    }

    [Fact]
    public async Task Join_WithAuthorityAndCertificate_RunsTasks()
    {
        var join = await JoinAsync("--ca", Authority, "--certificate", _files.Path("lamp.pem"), "--certificate-key", _files.Path("lamp.key"), "--label", "at=home", "--slots", "1", "--memory", "33554432");
        Assert.True(join.ExitCode == ExitCodes.Success, join.Stderr);
        using var stop = new CancellationTokenSource();
        using var output = new MemoryStream();
        var console = new CliConsole(Stream.Null, output, output, false, false, _ => null);
        var running = RunningNode.RunAsync(new NodeDirectory(Place), console, stop.Token);

        var client = new VcpClient(_http);
        var module = await client.UploadModuleAsync(System.Text.Encoding.UTF8.GetBytes(Adder), MediaTypes.Wat, default);
        var request = new TaskRequest
        {
            Module = module.Digest,
            Entrypoint = "add",
            Args = [.. new[] { 40, 2 }.Select(value => System.Text.Json.JsonSerializer.SerializeToElement(value))],
            Selection = new TaskSelection { Labels = new Dictionary<string, string> { ["at"] = "home" } },
        };
        var task = await client.SubmitTaskAsync(request, TimeSpan.FromSeconds(60), null, default);

        await stop.CancelAsync();
        Assert.Equal(ExitCodes.Success, await running);
        Assert.Equal((TaskStates.Completed, NodeSettings.Read(new NodeDirectory(Place))!.Node), (task.State, Assert.Single(task.Attempts).Node));
        var status = await CliRun.OfAsync("node", "status", "--directory", Place);
        Assert.True(status.ExitCode == ExitCodes.Success, status.Stderr);
    }

    [Fact]
    public async Task Join_ByTheServersKey_TrustsIt()
    {
        // As docs/operations/tls.md says it is found: of the key alone.
        var pin = "sha256:" + Convert.ToHexStringLower(SHA256.HashData(_certificate.GetECDsaPrivateKey()!.ExportSubjectPublicKeyInfo()));

        var join = await JoinAsync("--pin", pin, "--certificate", _files.Path("lamp.pem"), "--certificate-key", _files.Path("lamp.key"));

        Assert.True(join.ExitCode == ExitCodes.Success, join.Stderr);
    }

    [Fact]
    public async Task Join_WithoutCertificate_SaysThatOneIsNeeded()
    {
        var join = await JoinAsync("--ca", Authority);

        Assert.Equal(ExitCodes.Failure, join.ExitCode);
        Assert.Contains("node-certificate-needed", join.Stderr, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--ca", "servers.pem.missing")]
    [InlineData("--certificate", "servers.pem")]
    [InlineData("--certificate-key", "lamp.key")]
    [InlineData("--pin", "sha256:12")]
    public async Task Join_OptionsThatCannotBeUsed_SaysSoBeforeItCalls(string option, string value)
    {
        var join = await JoinAsync(option, option == "--pin" ? value : _files.Path(value));

        Assert.Equal(ExitCodes.Failure, join.ExitCode);
        Assert.Contains("would not be reached", join.Stderr, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Place));
    }

    [Fact]
    public async Task Connect_AnotherServer_IsNotTrusted()
    {
        await NotTrustedAsync(new NodeTls { Authority = _files.Path("nodes.pem") });
        await NotTrustedAsync(new NodeTls { Authority = Authority }, "elsewhere.test");
        await NotTrustedAsync(new NodeTls { Authority = Authority, Pin = NodeTls.PinOf(_nodes.Certificate) });
        await NotTrustedAsync(null);
        Assert.Equal("live", await _http.GetStringAsync("health/live"));
    }

    private async Task NotTrustedAsync(NodeTls? tls, string? host = null)
    {
        using var http = NodeEnroller.Connect(new Uri(_address), tls);
        http.DefaultRequestHeaders.Host = host;

        var exception = await Assert.ThrowsAsync<HttpRequestException>(() => http.GetAsync("health/live"));

        Assert.IsType<AuthenticationException>(exception.InnerException);
    }

    private async Task<CliRun> JoinAsync(params string[] options)
    {
        var token = await new VcpClient(_http).CreateJoinTokenAsync(new JoinTokenRequest { Owner = "alice" }, default);
        return await CliRun.OfAsync(["node", "join", _address, "--token", token.Token, "--directory", Place, .. options]);
    }
}
