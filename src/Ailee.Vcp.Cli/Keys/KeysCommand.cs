using System.CommandLine;
using Ailee.Vcp.Cli.Nodes;
using Ailee.Vcp.Client;
using Ailee.Vcp.Client.Keys;
using Ailee.Vcp.Core.Cose;
using Ailee.Vcp.Core.Statements;
using Ailee.Vcp.Node.Keys;

namespace Ailee.Vcp.Cli.Keys;

/// <summary>A node's key as <c>vcp keys</c> shows it.</summary>
internal sealed record KeyReport(string? Name, string Node, string PublicKey);

/// <summary><c>vcp keys</c>: the API keys of a server, and the keys of nodes.</summary>
internal static class KeysCommand
{
    public static Command Create(CliConsole console) => new("keys", "Make, list, replace and revoke the API keys of a server; make node keys, and show public ones.")
    {
        ApiKeyCommands.Create(console),
        ApiKeyCommands.List(console),
        Show(console),
        ApiKeyCommands.Rotate(console),
        ApiKeyCommands.Revoke(console),
        ResetCommand.Create(console),
        Generate(console),
        Nodes(console),
    };

    private static Command Generate(CliConsole console)
    {
        var file = new Argument<string>("file") { Description = "The key file to make; it must not exist. A server takes it as <data>/node.key." };
        var json = JsonOption();
        var command = new Command("generate", "Make a node key (32-byte Ed25519 seed, mode 0600).") { file, json };
        command.SetAction(result =>
        {
            var path = result.GetRequiredValue(file);
            if (File.Exists(path))
            {
                throw new CliException($"{path} exists; a key is never overwritten.");
            }

            using var key = NodeKey.LoadOrCreate(path);
            Print(console, Report(path, key.PublicKey), result.GetValue(json));
        });
        return command;
    }

    private static Command Show(CliConsole console)
    {
        var subject = new Argument<string>("key") { Description = "The id of an API key, a node's key file, or a proof." };
        var json = JsonOption();
        var command = new Command("show", "Show an API key of a server, without its secret; or the public key of a key file, or the key within a proof.") { subject, json };
        var server = new ServerOptions(command);
        command.SetAction(async (result, cancellationToken) =>
        {
            var path = result.GetRequiredValue(subject);
            if (ApiKeySecret.IsId(path) && !File.Exists(path))
            {
                using var http = server.Connect(result, console);
                ApiKeyText.Print(console, await new VcpClient(http).GetKeyAsync(path, cancellationToken), result.GetValue(json));
                return;
            }

            Print(console, Report(path, PublicKeyOf(await File.ReadAllBytesAsync(path, cancellationToken), path)), result.GetValue(json));
        });
        return command;
    }

    private static Command Nodes(CliConsole console)
    {
        var command = new Command("nodes", "List the public keys of a server's nodes.");
        var server = new ServerOptions(command);
        var json = JsonOption();
        command.Options.Add(json);
        command.SetAction(async (result, cancellationToken) =>
        {
            using var http = server.Connect(result, console);
            var reports = new List<KeyReport>();
            await foreach (var node in NodesCommand.ListAsync(new VcpClient(http), null, null, cancellationToken))
            {
                reports.Add(new KeyReport(node.Name, node.Id, node.PublicKey));
            }

            if (result.GetValue(json))
            {
                console.Print(CliJson.Write<IReadOnlyList<KeyReport>>(reports));
                return;
            }

            reports.ForEach(report => Print(console, report, json: false));
        });
        return command;
    }

    private static PublicKey PublicKeyOf(byte[] bytes, string path)
    {
        if (bytes.Length == SigningKey.SeedSizeBytes)
        {
            using var key = SigningKey.FromSeed(bytes);
            return key.PublicKey;
        }

        var report = StatementVerifier.Verify(bytes, Evidence.None);
        return report.Statement?.Header.Key ?? report.Orchestrator?.Header.Key ?? throw new CliException($"{path} is neither a key file (32 bytes) nor a proof.");
    }

    private static KeyReport Report(string name, PublicKey key) => new(name, key.Id.ToString(), key.ToString());

    private static void Print(CliConsole console, KeyReport report, bool json)
    {
        if (json)
        {
            console.Print(CliJson.Write(report));
            return;
        }

        console.Print($"{report.Name}");
        console.Print($"  node        {report.Node}");
        console.Print($"  public key  {report.PublicKey}");
    }

    private static Option<bool> JsonOption() => new("--json") { Description = "Print JSON." };
}
