using System.Globalization;
using Ailee.Vcp.Client.Mesh;
using Ailee.Vcp.Core.Cose;
using Ailee.Vcp.Core.Statements;
using Ailee.Vcp.Node;
using Ailee.Vcp.Node.Keys;
using Ailee.Vcp.Node.Remote;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ailee.Vcp.Benchmarks.Nodes;

/// <summary>A node with a key, a session and an agent of its own, that shares the sandbox and the sensors of its process.</summary>
internal sealed class VirtualNode : IAsyncDisposable
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    private readonly LoadOptions _options;
    private readonly SharedMachine _machine;
    private readonly SigningKey _key = SigningKey.Create();
    private readonly SessionHandler _connections;
    private readonly HttpClient _http;
    private HttpNodeGateway? _gateway;
    private ActingGateway? _acting;
    private StatementCounter? _counter;

    /// <param name="number">Its number within the fleet.</param>
    /// <param name="options">What the fleet is to do.</param>
    /// <param name="machine">What the nodes of the process share.</param>
    /// <param name="all">Counts of the fleet.</param>
    public VirtualNode(int number, LoadOptions options, SharedMachine machine, LoadCounts all)
    {
        (Number, _options, _machine, Counts) = (number, options, machine, new LoadCounts(all));
        _connections = new SessionHandler(machine.Connections ?? SessionHandler.Connect());
        _http = new HttpClient(_connections, disposeHandler: machine.Connections is null) { BaseAddress = options.Server, Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>Its number within the fleet.</summary>
    public int Number { get; }

    /// <summary>What happened to it.</summary>
    public LoadCounts Counts { get; }

    /// <summary>Its id.</summary>
    public string Id => _key.PublicKey.Id.ToString();

    /// <summary>Its name.</summary>
    public string Name => string.Create(CultureInfo.InvariantCulture, $"{_options.Prefix}-{Number}");

    /// <summary>Who answers for it, where the server is asked for a token.</summary>
    public string Owner => string.Create(CultureInfo.InvariantCulture, $"{_options.Prefix}-{Number % _options.Owners}");

    /// <summary>Whether it does not do what it should.</summary>
    public bool Misbehaves => Number < _options.Misbehaving && _options.Conduct.Behaviour != Behaviour.Honest;

    /// <summary>When a run began, as it travels in the place of its energy.</summary>
    public static DateTimeOffset StartOf(double microseconds) => DateTimeOffset.UnixEpoch + TimeSpan.FromMicroseconds(microseconds);

    /// <summary>Enrols, and sends the first heartbeat, which starts a session.</summary>
    public async Task JoinAsync(string token, CancellationToken cancellationToken)
    {
        var time = _options.ClockSkew == TimeSpan.Zero ? TimeProvider.System : new SkewedTime(_options.ClockSkew);
        var capabilities = MachineCapabilities.Of(_options.Slots, 512L << 20, _options.Labels, _options.Price);
        var connections = new HttpClient(_connections, disposeHandler: false) { BaseAddress = _options.Server, Timeout = Timeout.InfiniteTimeSpan };
        var (view, logKey) = await NodeEnroller.EnrolAsync(connections, _key, token, Name, capabilities, known: null, time, cancellationToken);
        var directory = new NodeDirectory(Path.Combine(_machine.Directory, Number.ToString(CultureInfo.InvariantCulture)));
        directory.Create();
        var settings = new NodeSettings
        {
            Server = _options.Server,
            Node = view.Id,
            Owner = view.Owner,
            Name = view.Name,
            Origin = logKey[..logKey.IndexOf('+', StringComparison.Ordinal)],
            LogKey = logKey,
            Slots = _options.Slots,
            MemoryBytes = 512L << 20,
            Labels = _options.Labels,
            Price = _options.Price,
        };
        _gateway = new HttpNodeGateway(_http, directory, settings, _key, capabilities, time, NullLogger<HttpNodeGateway>.Instance);
        _acting = new ActingGateway(_gateway, this, _options, _machine.Board, _machine.Starts);
        _counter = new StatementCounter(directory.Counter);
        await BeatUntilAnsweredAsync(cancellationToken);
    }

    /// <summary>Works until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (_options.AsksForLeases)
        {
            var agent = new NodeAgent(_acting!, _machine.Sandbox, _machine.Bundles, _machine.Threads, _options.Slots, _key, _counter!, _gateway!.Time, NullLogger<NodeAgent>.Instance)
            {
                // As vcp node run has it.
                LeasesPerSlot = 4,
                Telemetry = _machine.Sensors.Read,
                MeasureEnergy = NoteStart,
            };
            await agent.RunAsync(cancellationToken);
        }
        else
        {
            await new HeartbeatLoop(_acting!, State, TimeProvider.System, NullLogger.Instance).RunAsync(cancellationToken);
        }
    }

    /// <summary>How long until it is this node's turn, so that the heartbeats of all nodes are spread evenly.</summary>
    public TimeSpan UntilTurn()
    {
        var interval = _acting!.HeartbeatInterval;
        var turn = interval * Number / _options.Count;
        var now = TimeProvider.System.GetElapsedTime(0).Ticks % interval.Ticks;
        return TimeSpan.FromTicks((turn.Ticks - now + interval.Ticks) % interval.Ticks);
    }

    /// <summary>Signs a payload in its name.</summary>
    public SignedStatement Sign(StatementPayload payload) => SignedStatement.Sign(_key, payload, _gateway!.Time.GetUtcNow().ToUnixTimeSeconds(), _counter!.Next());

    /// <summary>Sends what the agent would not, with its session.</summary>
    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage message, CancellationToken cancellationToken)
    {
        message.Headers.Authorization = _connections.Session;
        return _http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (_gateway is not null)
        {
            await _gateway.DisposeAsync();
        }

        _http.Dispose();
        _key.Dispose();
    }

    // The one moment of which an agent tells: the next thing on that thread is the guest. What it returns comes with the report of the run.
    private static Func<double?> NoteStart()
    {
        var started = (TimeProvider.System.GetUtcNow() - DateTimeOffset.UnixEpoch).TotalMicroseconds;
        return () => started;
    }

    private HeartbeatRequest State() => new() { SentAt = TimeProvider.System.GetUtcNow(), Telemetry = _machine.Sensors.Read(0, 0) };

    private async Task BeatUntilAnsweredAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await _acting!.HeartbeatAsync(State(), cancellationToken);
                return;
            }
            catch (NodeCallException exception) when (exception.IsTransient)
            {
                await Task.Delay(RetryDelay, cancellationToken);
            }
        }
    }
}
