using System.Threading.Channels;
using Ailee.Vcp.Server.Log;
using Microsoft.Extensions.Time.Testing;

namespace Ailee.Vcp.Server.Tests.Hosting;

/// <summary>A clock that stands still and tells when the log's integrator waits for it: what is appended from then on is not integrated until it moves.</summary>
internal sealed class HeldTime() : FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(40))
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(997);

    private readonly Channel<bool> _held = Channel.CreateUnbounded<bool>();

    /// <summary>A server of this clock.</summary>
    public ServerSetup Setup => new() { Time = this, Configuration = { ["Log:CheckpointIntervalMs"] = "997" } };

    /// <summary>Starts the server and waits until its log has genesis and enrolment and is held.</summary>
    public async Task<RunningServer> StartAsync(ServerSetup setup)
    {
        var server = await RunningServer.StartAsync(setup);
        await _held.Reader.ReadAsync();
        server.Get<LogIntegrator>().Signal();
        Release();
        await _held.Reader.ReadAsync();
        return server;
    }

    /// <summary>Lets the integrator go on once.</summary>
    public void Release() => Advance(Interval);

    /// <summary>Moves the clock until something is so.</summary>
    public Task AdvanceUntilAsync(Func<bool> condition) => LogCalls.UntilAsync(condition, () => Advance(TimeSpan.FromSeconds(1)));

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        if (dueTime == Interval)
        {
            _held.Writer.TryWrite(true);
        }

        return timer;
    }
}
