using System.CommandLine;
using System.Diagnostics.CodeAnalysis;
using Ailee.Vcp.Client;

namespace Ailee.Vcp.Cli;

/// <summary>Which server to talk to, and with which key.</summary>
internal sealed class ServerOptions
{
    private const string DefaultServer = "http://127.0.0.1:8080";

    private readonly Option<string?> _server = new("--server") { Description = $"The server's address. Default: VCP_SERVER, or {DefaultServer}." };
    private readonly Option<string?> _apiKey = new("--api-key") { Description = "An API key. Default: VCP_API_KEY, which keeps it out of the process list." };

    public ServerOptions(Command command)
    {
        command.Options.Add(_server);
        command.Options.Add(_apiKey);
    }

    /// <summary>A connection; the caller disposes it.</summary>
    public HttpClient Connect(ParseResult result, CliConsole console)
    {
        var text = result.GetValue(_server) ?? console.Variable("VCP_SERVER") ?? DefaultServer;
        return TryParseAddress(text, out var address)
            ? VcpClient.CreateHttp(address, result.GetValue(_apiKey) ?? console.Variable("VCP_API_KEY"))
            : throw new CliException($"'{text}' is not the address of a server, such as {DefaultServer}.");
    }

    /// <summary>Reads the address of a server.</summary>
    public static bool TryParseAddress(string text, [NotNullWhen(true)] out Uri? address) =>
        Uri.TryCreate(text.TrimEnd('/') + "/", UriKind.Absolute, out address) && address.Scheme is ("http" or "https");
}
