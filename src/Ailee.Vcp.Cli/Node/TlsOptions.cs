using System.CommandLine;
using Ailee.Vcp.Node.Remote;

namespace Ailee.Vcp.Cli.Node;

/// <summary>Options of <c>vcp node join</c> about how the node and the server know each other's connections.</summary>
internal sealed class TlsOptions
{
    private readonly Option<string?> _authority = new("--ca") { Description = "File of the authority that certified the server, PEM. Only servers of it are trusted then." };
    private readonly Option<string?> _pin = new("--pin") { Description = "The server's key, as sha256: and 64 hexadecimal digits of the SHA-256 of its SubjectPublicKeyInfo. Only a server with it is trusted then, whatever its certificate says." };
    private readonly Option<string?> _certificate = new("--certificate") { Description = "File of this node's own certificate, PEM, if the server wants one." };
    private readonly Option<string?> _key = new("--certificate-key") { Description = "File of its key, PEM. Default: it is in the certificate's file." };

    public TlsOptions(Command command)
    {
        command.Add(_authority);
        command.Add(_pin);
        command.Add(_certificate);
        command.Add(_key);
    }

    /// <summary>What was given; null if nothing was.</summary>
    /// <exception cref="CliException">It cannot be used.</exception>
    public NodeTls? Read(ParseResult result)
    {
        var tls = new NodeTls
        {
            Authority = FullPath(result.GetValue(_authority)),
            Pin = result.GetValue(_pin),
            Certificate = FullPath(result.GetValue(_certificate)),
            CertificateKey = FullPath(result.GetValue(_key)),
        };
        return tls == new NodeTls() ? null
            : tls.Problem() is { } problem ? throw new CliException($"The server would not be reached: {problem}")
            : tls;
    }

    // The node is started from another folder than it joined from.
    private static string? FullPath(string? file) => file is null ? null : Path.GetFullPath(file);
}
