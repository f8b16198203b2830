using System.CommandLine;
using System.Text;
using Ailee.Vcp.Node.Keys;
using Ailee.Vcp.Node.Remote;

namespace Ailee.Vcp.Cli.Node;

/// <summary><c>vcp node join</c>: makes a key and enrols it.</summary>
internal static class JoinCommand
{
    private const int MostLabels = 32;
    private const int MostLabelNameBytes = 64;
    private const int MostLabelValueBytes = 256;
    private const int MostNameBytes = 64;

    public static Command Create(CliConsole console)
    {
        var server = new Argument<string>("url") { Description = "The server's address." };
        var token = new Option<string?>("--token") { Description = "The token that the operator made for this node. Default: VCP_NODE_TOKEN, which keeps it out of the process list." };
        var directory = NodeCommand.DirectoryOption();
        var name = new Option<string?>("--name") { Description = "Name for people, if the token has none. Default: this machine's." };
        var slots = new Option<int>("--slots") { Description = "Guests that run at once, 1 to 256. Default: one for each core." };
        var memory = new Option<long>("--memory") { Description = "Bytes of linear memory that one guest may have. Default: 512 MiB.", DefaultValueFactory = _ => 512L << 20 };
        var label = new Option<string[]>("--label") { Description = "What tasks may ask for, as NAME=VALUE; may be given again.", AllowMultipleArgumentsPerToken = false };
        var price = new Option<long?>("--price") { Description = "What the node bids in auctions, in micro-credits for 10^6 gas. Without it, it does not bid." };
        var carbon = new Option<double?>("--carbon") { Description = "Carbon intensity of the machine's electricity in g/kWh, which no sensor knows. Default: unknown." };
        var command = new Command("join", "Make a node key and enrol it with a server. Safe to repeat.") { server, token, directory, name, slots, memory, label, price, carbon };
        var tls = new TlsOptions(command);
        command.SetAction(async (result, cancellationToken) =>
        {
            if (!ServerOptions.TryParseAddress(result.GetRequiredValue(server), out var address))
            {
                throw new CliException($"'{result.GetRequiredValue(server)}' is not the address of a server, such as https://vcp.example.org.");
            }

            var secret = result.GetValue(token) ?? console.Variable("VCP_NODE_TOKEN")
                ?? throw new CliException("A token is needed: the operator makes one for each node. Give it with --token or VCP_NODE_TOKEN.");
            var offer = new NodeOffer(
                NameOf(result.GetValue(name)),
                InRange(result.GetValue(slots), 0, 256, "--slots must be 1 to 256."),
                InRange(result.GetValue(memory), 64 * 1024, 4L << 30, "--memory must be 65536 to 4294967296 bytes."),
                Labels(result.GetValue(label) ?? []),
                result.GetValue(price) is { } asked ? InRange(asked, 0, 1_000_000_000_000, "--price must be 0 to 1000000000000 micro-credits.") : null,
                result.GetValue(carbon) is { } grams ? InRange(grams, 0, 10_000, "--carbon must be 0 to 10000 g/kWh.") : null,
                tls.Read(result));
            await JoinAsync(address, secret, NodeCommand.DirectoryOf(result.GetValue(directory), console), offer, console, cancellationToken);
        });
        return command;
    }

    private static async Task JoinAsync(Uri server, string token, NodeDirectory directory, NodeOffer offer, CliConsole console, CancellationToken cancellationToken)
    {
        directory.Create();
        using var only = directory.TryLock() ?? throw new CliException($"The node in {directory.Path} is running. Stop it first.");
        var known = NodeSettings.Read(directory);
        if (known is not null && known.Server != server)
        {
            throw new CliException($"{directory.Path} holds the node {known.Node} of {known.Server}. It is not overwritten; choose another --directory, one for each server.");
        }

        using var key = NodeKey.LoadOrCreate(directory.Key);
        try
        {
            var (node, logKey) = await NodeEnroller.EnrolAsync(
                NodeEnroller.Connect(server, offer.Tls),
                key,
                token,
                offer.Name,
                MachineCapabilities.Of(offer.Slots, offer.MemoryBytes, offer.Labels, offer.Price),
                known?.LogKey,
                console.Time,
                cancellationToken);
            new NodeSettings
            {
                Server = server,
                Node = node.Id,
                Owner = node.Owner,
                Name = node.Name,
                Origin = logKey[..logKey.IndexOf('+', StringComparison.Ordinal)],
                LogKey = logKey,
                Slots = offer.Slots,
                MemoryBytes = offer.MemoryBytes,
                Labels = offer.Labels,
                Price = offer.Price,
                CarbonGramsPerKwh = offer.CarbonGramsPerKwh,
                Tls = offer.Tls,
            }.Write(directory);
            Tell(console, directory, server, node.Id, node.Name, node.Owner, logKey);
        }
        catch (NodeCallException exception)
        {
            var next = exception.IsTransient ? "Nothing is lost: try the same again." : "Ask the operator for a new token if this one was used or is too old.";
            throw new CliException($"This node did not join. {exception.Message} {next}");
        }
    }

    private static void Tell(CliConsole console, NodeDirectory directory, Uri server, string id, string name, string owner, string logKey)
    {
        console.Print($"Joined {server}");
        console.Print($"  node     {id}");
        console.Print($"  name     {name}");
        console.Print($"  owner    {owner}");
        console.Print($"  log key  {logKey}");
        console.Print($"  kept in  {directory.Path}");
        console.Print("Compare the log key with the operator's, then start the node:");
        console.Print($"  vcp node run --directory {directory.Path}");
    }

    private static string NameOf(string? name)
    {
        if (name is not null)
        {
            return Encoding.UTF8.GetByteCount(name) is >= 1 and <= MostNameBytes ? name : throw new CliException($"--name must have 1 to {MostNameBytes} bytes.");
        }

        var machine = Environment.MachineName;
        return machine.Length is 0 ? "node" : machine[..Math.Min(machine.Length, MostNameBytes)];
    }

    private static T InRange<T>(T value, T least, T most, string otherwise)
        where T : IComparable<T> => value.CompareTo(least) >= 0 && value.CompareTo(most) <= 0 ? value : throw new CliException(otherwise);

    private static Dictionary<string, string> Labels(string[] options)
    {
        var labels = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var option in options)
        {
            var at = option.IndexOf('=', StringComparison.Ordinal);
            if (at < 1 || Encoding.UTF8.GetByteCount(option[..at]) > MostLabelNameBytes || Encoding.UTF8.GetByteCount(option[(at + 1)..]) > MostLabelValueBytes)
            {
                throw new CliException($"--label {option}: a label is NAME=VALUE, a name of 1 to {MostLabelNameBytes} bytes and a value of at most {MostLabelValueBytes}.");
            }

            labels[option[..at]] = option[(at + 1)..];
        }

        return labels.Count <= MostLabels ? labels : throw new CliException($"A node has at most {MostLabels} labels.");
    }

    private sealed record NodeOffer(string Name, int Slots, long MemoryBytes, IReadOnlyDictionary<string, string> Labels, long? Price, double? CarbonGramsPerKwh, NodeTls? Tls);
}
