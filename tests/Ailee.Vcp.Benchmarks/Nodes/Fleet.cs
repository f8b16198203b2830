using Ailee.Vcp.Client;
using Ailee.Vcp.Client.Nodes;

namespace Ailee.Vcp.Benchmarks.Nodes;

/// <summary>Virtual nodes that joined a server and work for it.</summary>
internal sealed class Fleet : IAsyncDisposable
{
    // What a server is asked at once while the nodes join.
    private const int JoiningAtOnce = 200;

    // The heartbeats of so few at once are no load.
    private const int Few = 100;

    private readonly CancellationTokenSource _stop = new();
    private readonly SharedMachine _machine;
    private readonly List<Task> _working = [];

    private Fleet(LoadOptions options)
    {
        _machine = new SharedMachine(options);
        Nodes = [.. Enumerable.Range(0, options.Count).Select(number => new VirtualNode(number, options, _machine, Counts))];
        _machine.Board.Nodes = Nodes;
    }

    /// <summary>The nodes, those that misbehave first.</summary>
    public IReadOnlyList<VirtualNode> Nodes { get; }

    /// <summary>What happened to all of them.</summary>
    public LoadCounts Counts { get; } = new();

    /// <summary>How soon guests started.</summary>
    public StartTimes Starts => _machine.Starts;

    /// <summary>Has all nodes enrol, start a session and begin to work.</summary>
    public static async Task<Fleet> JoinAsync(LoadOptions options, CancellationToken cancellationToken)
    {
        var fleet = new Fleet(options);
        try
        {
            using var http = VcpClient.CreateHttp(options.Server, options.ApiKey);
            await Parallel.ForEachAsync(
                fleet.Nodes,
                new ParallelOptions { MaxDegreeOfParallelism = JoiningAtOnce, CancellationToken = cancellationToken },
                async (node, token) => await node.JoinAsync(await TokenAsync(node, options, http, token), token));
            await fleet.BeginAsync(options.Count <= Few, cancellationToken);
            return fleet;
        }
        catch
        {
            await fleet.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_working);
        foreach (var node in Nodes)
        {
            await node.DisposeAsync();
        }

        _machine.Dispose();
        _stop.Dispose();
    }

    private static async Task<string> TokenAsync(VirtualNode node, LoadOptions options, HttpClient http, CancellationToken cancellationToken) =>
        options.Tokens.Count > 0
            ? options.Tokens[node.Number]
            : (await new VcpClient(http).CreateJoinTokenAsync(new JoinTokenRequest { Owner = node.Owner }, cancellationToken)).Token;

    private async Task BeginAsync(bool atOnce, CancellationToken cancellationToken)
    {
        var begun = Nodes.Select(async node =>
        {
            if (!atOnce)
            {
                await Task.Delay(node.UntilTurn(), cancellationToken);
            }

            lock (_working)
            {
                _working.Add(Task.Run(() => node.RunAsync(_stop.Token), CancellationToken.None));
            }
        });
        await Task.WhenAll(begun);
    }
}
