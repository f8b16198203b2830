using Microsoft.Extensions.Time.Testing;

namespace Ailee.Vcp.Server.Tests.Hosting;

/// <summary>A clock that can be set, while time itself goes on as it does.</summary>
internal sealed class WrongTime() : FakeTimeProvider(new DateTimeOffset(2031, 5, 6, 12, 0, 0, TimeSpan.Zero))
{
    /// <summary>By how much the clock is ahead.</summary>
    public TimeSpan Ahead { get; set; }

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Ahead;

    // The one of the base follows the clock.
    public override long GetTimestamp() => base.GetUtcNow().Ticks;

    /// <summary>Lets time pass in steps that are no pauses.</summary>
    public void Pass(TimeSpan time)
    {
        for (var passed = TimeSpan.Zero; passed < time; passed += TimeSpan.FromSeconds(1))
        {
            Advance(TimeSpan.FromSeconds(1));
        }
    }
}
