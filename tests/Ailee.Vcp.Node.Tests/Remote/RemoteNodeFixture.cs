using Ailee.Vcp.Client.Mesh;
using Ailee.Vcp.Core.Cose;
using Ailee.Vcp.Node.Remote;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Ailee.Vcp.Node.Tests.Remote;

/// <summary>A gateway to a <see cref="FakeServer"/>, in time that only tests let pass.</summary>
internal sealed class RemoteNodeFixture : IAsyncDisposable
{
    public static readonly DateTimeOffset Start = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly TempDirectory _temporary = new();

    public RemoteNodeFixture()
    {
        Server = new FakeServer(Time) { Key = Key.PublicKey };
        Directory = new NodeDirectory(_temporary.File("node"));
        Directory.Create();
    }

    public FakeTimeProvider Time { get; } = new(Start);

    public SigningKey Key { get; } = SigningKey.Create();

    public FakeServer Server { get; }

    public NodeDirectory Directory { get; }

    public LogLines Log { get; } = new();

    public long? Price { get; set; }

    public HttpNodeGateway Gateway => field ??= Open();

    public HttpNodeGateway Open() => new(
        Server.Client(),
        Directory,
        new NodeSettings { Server = new Uri("http://server.test/"), Node = Key.PublicKey.Id.ToString(), Owner = "alice", Name = "n", Origin = FakeServer.Origin, LogKey = Server.LogKey.ToString() },
        Key,
        MachineCapabilities.Of(1, 1 << 20, new Dictionary<string, string>(), Price),
        Time,
        Log);

    /// <summary>Lets time pass until it is done.</summary>
    public async Task<T> AdvanceUntilAsync<T>(Task<T> task)
    {
        await AdvanceUntilAsync(() => task.IsCompleted);
        return await task;
    }

    public async Task AdvanceUntilAsync(Func<bool> condition)
    {
        while (!condition())
        {
            await SettleAsync();
            // Time that passes while the server thinks would be an outage.
            if (Server.InFlight == 0)
            {
                Time.Advance(TimeSpan.FromMilliseconds(20));
            }
        }
    }

    /// <summary>Lets others run.</summary>
    public static Task SettleAsync() => Crowd.LingerAsync();

    public static HeartbeatRequest Heartbeat() => new() { SentAt = Start };

    public async ValueTask DisposeAsync()
    {
        await Gateway.DisposeAsync();
        Server.Dispose();
        Key.Dispose();
        _temporary.Dispose();
    }
}

/// <summary>Keeps what is logged.</summary>
internal sealed class LogLines : ILogger<HttpNodeGateway>
{
    private readonly List<(LogLevel Level, string Text)> _lines = [];

    public bool Has(LogLevel level, string part)
    {
        lock (_lines)
        {
            return _lines.Exists(line => line.Level == level && line.Text.Contains(part, StringComparison.Ordinal));
        }
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        lock (_lines)
        {
            _lines.Add((logLevel, formatter(state, exception)));
        }
    }
}
