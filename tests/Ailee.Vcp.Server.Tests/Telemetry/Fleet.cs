using System.Buffers;
using System.IO.Pipelines;
using Ailee.Vcp.Client.Mesh;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Cose;
using Ailee.Vcp.Core.Nodes;
using Ailee.Vcp.Sandbox;
using Ailee.Vcp.Server.Clocks;
using Ailee.Vcp.Server.Nodes;
using Ailee.Vcp.Server.Storage;
using Ailee.Vcp.Server.Telemetry;
using Ailee.Vcp.Server.Tests.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Prometheus;

namespace Ailee.Vcp.Server.Tests.Telemetry;

/// <summary>The room of telemetry with a real database, without a host, on a clock of the test.</summary>
internal sealed class Fleet : IDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly SigningKey _builtIn = SigningKey.Create();
    private readonly SafetyOptions _safety;
    private SqliteDatabase _database;

    public Fleet(SafetyOptions? safety = null)
    {
        _safety = safety ?? new SafetyOptions();
        (_database, Registry, Heartbeats, Probes, Modes, Sessions, Watch, Writer) = (null!, null!, null!, null!, null!, null!, null!, null!);
        Start();
    }

    public static NodeTelemetry Cool { get; } = new() { CpuLoad = 0.25, TemperatureC = 40 };

    public WrongTime Time { get; } = new();

    /// <summary>Not started, so that no leap of the time is a pause.</summary>
    public ServerClock Clock { get; private set; } = null!;

    public KnownLeases Leases { get; } = new();

    public SqliteDatabase Database => _database;

    public NodeRegistry Registry { get; private set; }

    public HeartbeatService Heartbeats { get; private set; }

    public ProbeService Probes { get; private set; }

    public SafeModes Modes { get; private set; }

    public SessionStarts Sessions { get; private set; }

    public FleetWatch Watch { get; private set; }

    public TelemetryWriter Writer { get; private set; }

    /// <summary>In the place of the real database for the writer, to fail.</summary>
    public FailingDatabase Failing { get; private set; } = null!;

    public CollectorRegistry Metrics { get; private set; } = null!;

    public DateTimeOffset Now => Time.GetUtcNow();

    /// <summary>Enrols a node of the server's engine.</summary>
    public async Task<NodeId> EnrolAsync(bool isBuiltIn = false)
    {
        using var key = isBuiltIn ? SigningKey.FromSeed(_builtIn.ExportSeed()) : SigningKey.Create();
        var stored = new StoredNode(new NodeRow(key.PublicKey.Id, key.PublicKey, "node", "owner", Now), NodeReputation.Start(Now))
        {
            Capabilities = BuiltInCapabilities.Of(new SandboxOptions()),
        };
        await _database.WriteAsync(transaction => NodeStore.TryEnrol(transaction, stored));
        return Registry.Add(stored).Id;
    }

    public HeartbeatReply Beat(NodeId node, NodeTelemetry? telemetry = null, params Guid[] leases) =>
        Heartbeats.Take(node, new HeartbeatRequest { SentAt = Now, Telemetry = telemetry, Leases = leases });

    public LiveNode Node(NodeId node) => Registry.Find(node)!;

    public string State(NodeId node) => Node(node).State(Clock.Now);

    /// <summary>Moves the clock and looks at the fleet.</summary>
    public void Pass(TimeSpan time)
    {
        Time.Advance(time);
        Watch.Tick();
    }

    /// <summary>Answers a probe after a while.</summary>
    public async Task<bool> AnswerAsync(NodeId node, Probe probe, TimeSpan after, int? sizeBytes = null)
    {
        Probes.Left(node, probe.Id);
        Time.Advance(after);
        return await Probes.TakeAsync(node, probe.Id, PipeReader.Create(new ReadOnlySequence<byte>(new byte[sizeBytes ?? probe.SizeBytes])), default);
    }

    /// <summary>A heartbeat each so often, whose probes are answered, until the time is over.</summary>
    public async Task LiveAsync(NodeId node, TimeSpan time, TimeSpan each, NodeTelemetry? telemetry = null)
    {
        for (var end = Now + time; Now < end; Pass(each))
        {
            if (Beat(node, telemetry).Probe is { } probe)
            {
                await AnswerAsync(node, probe, TimeSpan.Zero);
            }
        }
    }

    /// <summary>Value of a metric by its name and labels as they are shown.</summary>
    public async Task<double?> MetricAsync(string name)
    {
        using var text = new MemoryStream();
        await Metrics.CollectAndExportAsTextAsync(text);
        var line = System.Text.Encoding.UTF8.GetString(text.ToArray()).Split('\n').FirstOrDefault(line => line.StartsWith(name + " ", StringComparison.Ordinal));
        return line is null ? null : double.Parse(line.Split(' ')[^1], System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>Forgets all that is only in memory.</summary>
    public void Restart()
    {
        Stop();
        Start();
    }

    public void Dispose()
    {
        Stop();
        _builtIn.Dispose();
        _directory.Dispose();
    }

    private void Start()
    {
        Clock = new ServerClock(Time);
        _database = new SqliteDatabase(_directory.File("fleet.db"));
        Failing = new FailingDatabase(_database);
        Metrics = Prometheus.Metrics.NewCustomRegistry();
        var options = Options.Create(new NodeOptions());
        Registry = new NodeRegistry(_database, _builtIn, options, Clock);
        var (watches, health, metrics) = (new NodeWatches(), new FleetHealth(), new TelemetryMetrics(Metrics));
        Modes = new SafeModes(watches, Registry, health, Clock);
        Sessions = new SessionStarts(Registry, watches, Modes);
        Probes = new ProbeService(watches, Registry, health, new BandwidthPlaces(), metrics, Clock, Time);
        Heartbeats = new HeartbeatService(Registry, watches, health, Probes, Leases, metrics, Options.Create(_safety), Clock);
        Watch = new FleetWatch(Registry, watches, health, metrics, Clock, Time, NullLogger<FleetWatch>.Instance);
        Writer = new TelemetryWriter(Registry, Failing, options, Clock, Time, NullLogger<TelemetryWriter>.Instance);
    }

    private void Stop()
    {
        Clock.Dispose();
        Watch.Dispose();
        Writer.Dispose();
        _database.Dispose();
    }
}

/// <summary>A database that a test can take away.</summary>
internal sealed class FailingDatabase(IDatabase database) : IDatabase
{
    public bool IsGone { get; set; }

    public int Writes { get; private set; }

    public Task<T> WriteAsync<T>(Func<IWriteTransaction, T> change)
    {
        Writes++;
        return IsGone ? Task.FromException<T>(new StorageException("Gone.", new IOException())) : database.WriteAsync(change);
    }

    public T Read<T>(Func<IReadTransaction, T> query) => database.Read(query);

    public Task<T> ReadSharedAsync<T>(Func<IReadTransaction, T> query) => database.ReadSharedAsync(query);
}
