namespace Ailee.Vcp.Sandbox.Wasi;

/// <summary>
/// The guest's time: it starts where the invocation says and moves by a fixed step at every reading, or by what a poll waits for.
/// The host's clock never shows.
/// </summary>
internal sealed class VirtualClock(ulong startNanoseconds)
{
    /// <summary>How far a reading moves the clock: one millisecond.</summary>
    public const long StepNanoseconds = 1_000_000;

    /// <summary>Nanoseconds since the run began.</summary>
    public ulong Elapsed { get; private set; }

    /// <summary>The wall clock without moving it.</summary>
    public ulong Realtime => Sum(startNanoseconds, Elapsed);

    /// <summary>Moves by one step.</summary>
    public void Step() => Advance(StepNanoseconds);

    /// <summary>Moves to a later point; neither clock ever wraps.</summary>
    public void Advance(ulong nanoseconds) => Elapsed = Sum(Elapsed, nanoseconds);

    private static ulong Sum(ulong left, ulong right) => right > ulong.MaxValue - left ? ulong.MaxValue : left + right;
}
