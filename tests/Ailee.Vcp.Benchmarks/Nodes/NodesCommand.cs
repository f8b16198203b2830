using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Ailee.Vcp.Node.Remote;

namespace Ailee.Vcp.Benchmarks.Nodes;

/// <summary><c>nodes</c>: thousands of virtual nodes from one process, honest or not.</summary>
internal static class NodesCommand
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    public static Command Create()
    {
        var server = new Option<string>("--server") { Description = "The server's address.", Required = true };
        var apiKey = new Option<string?>("--api-key") { Description = "An operator's API key, which asks for join tokens." };
        var token = new Option<string[]>("--token") { Description = "A join token; may be given again, once for each node. Default: the server is asked for them.", AllowMultipleArgumentsPerToken = true };
        var count = new Option<int>("--count") { Description = "How many nodes.", Required = true };
        var owners = new Option<int?>("--owners") { Description = "How many owners, PREFIX-0 and on, where the server is asked for tokens. Default: one for each node." };
        var prefix = new Option<string>("--prefix") { Description = "What the names of owners and nodes begin with.", DefaultValueFactory = _ => "load" };
        var slots = new Option<int>("--slots") { Description = "Guests at once of each node.", DefaultValueFactory = _ => 1 };
        var label = new Option<string[]>("--label") { Description = "A label of each node, as NAME=VALUE; may be given again." };
        var price = new Option<long?>("--price") { Description = "What each node bids in auctions, in micro-credits for 10^6 gas." };
        var behaviour = new Option<string>("--behaviour") { Description = $"What nodes do, as NAME or NAME:PROBABILITY: {Conduct.Choices}.", DefaultValueFactory = _ => "honest" };
        var misbehaving = new Option<int?>("--misbehaving") { Description = "How many nodes, the first ones, behave so; the others are honest. Default: all." };
        var seed = new Option<int>("--seed") { Description = "Decides on which tasks nodes misbehave, and how." };
        var seconds = new Option<double?>("--seconds") { Description = "When to end, counted from READY. Default: at SIGTERM." };
        var skew = new Option<double>("--clock-skew-seconds") { Description = "How much later than it should be the clock of the nodes' machine is." };
        var noLeases = new Option<bool>("--no-leases") { Description = "Send heartbeats only; ask for no work." };
        var shared = new Option<bool>("--shared-connections") { Description = "Share connections among nodes, where a process may not open so many." };
        var json = new Option<bool>("--json") { Description = "Print JSON lines, and what each node did at the end." };
        var command = new Command("nodes", "Act as many nodes of a server.")
        {
            server, apiKey, token, count, owners, prefix, slots, label, price, behaviour, misbehaving, seed, seconds, skew, noLeases, shared, json,
        };
        command.SetAction(async (result, cancellationToken) =>
        {
            var options = new LoadOptions
            {
                Server = new Uri(result.GetRequiredValue(server).TrimEnd('/') + "/"),
                ApiKey = result.GetValue(apiKey),
                Tokens = result.GetValue(token) ?? [],
                Count = result.GetValue(count),
                Owners = result.GetValue(owners) ?? result.GetValue(count),
                Prefix = result.GetRequiredValue(prefix),
                Slots = result.GetValue(slots),
                Labels = (result.GetValue(label) ?? []).Select(text => text.Split('=', 2)).ToDictionary(parts => parts[0], parts => parts[^1]),
                Price = result.GetValue(price),
                Conduct = Conduct.Parse(result.GetRequiredValue(behaviour)) ?? throw new ArgumentException($"--behaviour must be one of: {Conduct.Choices}; perhaps with a colon and a probability."),
                Misbehaving = result.GetValue(misbehaving) ?? result.GetValue(count),
                Seed = result.GetValue(seed),
                ClockSkew = TimeSpan.FromSeconds(result.GetValue(skew)),
                AsksForLeases = !result.GetValue(noLeases),
                SharesConnections = result.GetValue(shared),
            };
            Check(options);
            return await RunAsync(options, result.GetValue(seconds), result.GetValue(json), cancellationToken);
        });
        return command;
    }

    private static void Check(LoadOptions options)
    {
        var problem = options.Count < 1 ? "--count must be 1 or more."
            : options.Owners < 1 ? "--owners must be 1 or more."
            : options.Tokens.Count > 0 && options.Tokens.Count != options.Count ? "--token must be given once for each node, or not at all."
            : options.Conduct.Behaviour == Behaviour.Copy && options.Count < 2 ? "--behaviour copy needs another node to copy: --count 2 or more."
            : null;
        if (problem is not null)
        {
            throw new ArgumentException(problem);
        }
    }

    private static async Task<int> RunAsync(LoadOptions options, double? seconds, bool json, CancellationToken cancellationToken)
    {
        var joining = TimeProvider.System.GetTimestamp();
        Fleet fleet;
        try
        {
            fleet = await Fleet.JoinAsync(options, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return 0;
        }
        catch (Exception exception) when (exception is NodeCallException or Client.VcpApiException or HttpRequestException or InvalidDataException)
        {
            await Console.Error.WriteLineAsync($"The nodes did not join: {exception.Message}");
            return 1;
        }

        if (json)
        {
            Print("nodes", new { joinSeconds = TimeProvider.System.GetElapsedTime(joining).TotalSeconds, nodes = fleet.Nodes.Select(node => new { node.Id, node.Name, node.Owner, node.Misbehaves }) });
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"READY {fleet.Nodes.Count}"));
        await ReportAsync(fleet, seconds is { } given ? TimeSpan.FromSeconds(given) : Timeout.InfiniteTimeSpan, json, cancellationToken);
        var counts = fleet.Counts.Read();
        await fleet.DisposeAsync();
        var (p50, p99) = (fleet.Starts.Quantile(0.5), fleet.Starts.Quantile(0.99));
        if (json)
        {
            Print("totals", new { counts, leaseToStartMs = new { p50, p99 }, nodes = fleet.Nodes.Select(node => new { node.Id, node.Name, node.Misbehaves, counts = node.Counts.Read() }) });
        }
        else
        {
            Console.WriteLine($"totals: {counts}" + (p50 is null ? string.Empty : $"; lease to start p50 {p50:0.0} ms, p99 {p99:0.0} ms"));
        }

        return 0;
    }

    private static async Task ReportAsync(Fleet fleet, TimeSpan length, bool json, CancellationToken cancellationToken)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        end.CancelAfter(length);
        using var timer = new PeriodicTimer(Pause);
        try
        {
            while (await timer.WaitForNextTickAsync(end.Token))
            {
                var counts = fleet.Counts.Read();
                if (json)
                {
                    Print("counts", new { counts });
                }
                else
                {
                    Console.WriteLine(counts);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The time is over, or SIGTERM came.
        }
    }

    private static void Print<T>(string what, T value) =>
        Console.WriteLine($$"""{"event":"{{what}}",{{JsonSerializer.Serialize(value, Json)[1..]}}""");
}
