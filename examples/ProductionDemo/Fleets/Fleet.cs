using Ailee.Vcp.Client;
using Ailee.Vcp.Client.Nodes;
using Ailee.Vcp.Core;
using Ailee.Vcp.Node.Remote;

namespace Ailee.Vcp.ProductionDemo.Fleets;

/// <summary>The server and the agents: starts them as processes in a directory of their own, and ends these and no others.</summary>
internal sealed class Fleet(string directory, TimeProvider time) : IDisposable
{
    /// <summary>Tasks ask for it, so that the server's own node, which does not have it, leaves the work to the agents.</summary>
    public static readonly IReadOnlyDictionary<string, string> Labels = new Dictionary<string, string> { ["place"] = "demo" };

    private const string Listening = "Now listening on: ";
    private const int JoinsAtOnce = 2;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(100);
    private static readonly string[] Honest = ["ann", "ben", "cleo", "dora", "emil", "finn", "gwen", "hugo", "iris", "jan", "kate", "leo", "mia", "nils", "olga", "paul"];

    private readonly List<RunningProgram> _programs = [];
    private readonly List<Agent> _agents = [];
    private RunningProgram? _server;

    public IReadOnlyList<Agent> Agents => _agents;

    public string Data { get; } = Path.Combine(directory, "data");

    /// <summary>Starts the server on a free port of this machine.</summary>
    public async Task<Uri> StartServerAsync(CancellationToken cancellationToken)
    {
        var address = new TaskCompletionSource<Uri>(TaskCreationOptions.RunContinuationsAsynchronously);
        _server = Start("server", Locations.Server, ServerSettings.Arguments(Data), seen: line =>
        {
            if (line.IndexOf(Listening, StringComparison.Ordinal) is >= 0 and var at)
            {
                address.TrySetResult(new Uri(line[(at + Listening.Length)..].Trim()));
            }
        });
        var ended = _server.WaitAsync(cancellationToken);
        return await Task.WhenAny(address.Task, ended).WaitAsync(Patience, time, cancellationToken) == address.Task
            ? await address.Task
            : throw new DemoException($"The server did not start:\n{_server.Tail}");
    }

    /// <summary>Has agents join and start; they are online afterwards. The last of them lie.</summary>
    public async Task StartAgentsAsync(VcpClient client, Uri server, int honest, int liars, CancellationToken cancellationToken)
    {
        var names = Honest.Take(honest).Select(name => (Name: name, Lies: false))
            .Concat(Enumerable.Range(1, liars).Select(number => (Name: number == 1 ? "mallory" : $"mallory-{number}", Lies: true))).ToList();
        var joining = new ParallelOptions { MaxDegreeOfParallelism = JoinsAtOnce, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(names, joining, async (each, ended) => await JoinAsync(client, server, each.Name, ended));
        foreach (var (name, lies) in names)
        {
            var place = new NodeDirectory(Path.Combine(directory, name));
            var id = NodeId.Parse(NodeSettings.Read(place)!.Node);
            var program = lies ? Start(name, Locations.Demo, ["liar", "--directory", place.Path]) : Start(name, Locations.Cli, ["node", "run", "--directory", place.Path]);
            _agents.Add(new Agent(name, id, lies, program));
        }

        var began = time.GetTimestamp();
        while (!(await ViewsAsync(client, cancellationToken)).Values.All(node => node.State == "online"))
        {
            CheckAlive();
            if (time.GetElapsedTime(began) > Patience)
            {
                throw new DemoException($"Not all agents came online within {Patience.TotalSeconds} s.");
            }

            await Task.Delay(Tick, time, cancellationToken);
        }
    }

    /// <summary>What the server says of the agents.</summary>
    public async Task<IReadOnlyDictionary<NodeId, NodeView>> ViewsAsync(VcpClient client, CancellationToken cancellationToken)
    {
        var page = await client.ListNodesAsync(null, null, 200, null, cancellationToken);
        var all = page.Items.ToDictionary(node => NodeId.Parse(node.Id));
        return _agents.ToDictionary(agent => agent.Id, agent => all[agent.Id]);
    }

    /// <exception cref="DemoException">A process ended that was not killed.</exception>
    public void CheckAlive()
    {
        if (_server!.HasEnded)
        {
            throw new DemoException($"The server ended:\n{_server.Tail}");
        }

        if (_agents.Find(agent => agent.Crash is null && agent.Program.HasEnded) is { } agent)
        {
            throw new DemoException($"The agent {agent.Name} ended:\n{agent.Program.Tail}");
        }
    }

    /// <summary>Runs <c>vcp</c> to its end.</summary>
    /// <returns>The exit code and the last lines of what it printed.</returns>
    public async Task<(int ExitCode, string Tail)> VcpAsync(string name, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? variables, CancellationToken cancellationToken)
    {
        var program = Start(name, Locations.Cli, arguments, variables);
        await program.WaitAsync(cancellationToken);
        return (program.ExitCode, program.Tail);
    }

    /// <summary>Ends everything that runs.</summary>
    public void Dispose()
    {
        lock (_programs)
        {
            _programs.ForEach(program => program.Dispose());
            _programs.Clear();
        }
    }

    private async Task JoinAsync(VcpClient client, Uri server, string name, CancellationToken cancellationToken)
    {
        var token = await client.CreateJoinTokenAsync(new JoinTokenRequest { Owner = name, Name = name }, cancellationToken);
        string[] arguments =
        [
            "node", "join", server.ToString(), "--directory", Path.Combine(directory, name), "--slots", "2",
            "--memory", ServerSettings.MemoryBytes, .. Labels.SelectMany(label => new[] { "--label", $"{label.Key}={label.Value}" }),
        ];
        // In the environment: every user of the machine can read arguments.
        var (exitCode, tail) = await VcpAsync($"{name}-join", arguments, new Dictionary<string, string> { ["VCP_NODE_TOKEN"] = token.Token }, cancellationToken);
        if (exitCode != 0)
        {
            throw new DemoException($"{name} could not join:\n{tail}");
        }
    }

    private RunningProgram Start(string name, string dll, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? variables = null, Action<string>? seen = null)
    {
        lock (_programs)
        {
            var log = Path.Combine(directory, $"{name}.log");
            var program = RunningProgram.Start(dll, arguments, log, variables, seen);
            _programs.Add(program);
            return program;
        }
    }
}
