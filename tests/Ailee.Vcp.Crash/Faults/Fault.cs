namespace Ailee.Vcp.Crash.Faults;

/// <summary>What the shim does at an operation.</summary>
internal enum FaultKind
{
    /// <summary>The process kills itself.</summary>
    Kill = 1,

    /// <summary>Nothing comes to the directory any more: for what lies in it the process is dead.</summary>
    Freeze = 2,

    /// <summary>The operation fails, once.</summary>
    ErrorOnce = 3,

    /// <summary>The operation fails, and all that follow.</summary>
    ErrorOn = 4,
}

/// <summary>What a fault may meet.</summary>
internal enum FaultTarget
{
    /// <summary>Whatever comes.</summary>
    Any = 0,

    /// <summary>What takes room.</summary>
    Growth = 1,

    /// <summary>Syncs.</summary>
    Syncs = 2,
}

/// <summary>A fault.</summary>
/// <param name="Name">What it is called in reports.</param>
/// <param name="Kind">What the shim does.</param>
internal sealed record Fault(string Name, FaultKind Kind)
{
    private const int NoSpace = 28;
    private const int InputOutput = 5;

    /// <summary>Errno of a failure.</summary>
    public int Error { get; init; } = InputOutput;

    /// <summary>What of all operations it may meet.</summary>
    public FaultTarget Target { get; init; }

    /// <summary>Of a write that is met, so many 256ths still land.</summary>
    public int Torn { get; init; }

    /// <summary>Whether the power goes: what was not synced may be lost, in any part and in any order.</summary>
    public bool LosesUnsynced { get; init; }

    /// <summary>Whether the process ends by it.</summary>
    public bool Ends => Kind is FaultKind.Kill or FaultKind.Freeze;

    /// <summary>Faults for a server of this process, as often as they are drawn.</summary>
    public static IReadOnlyList<(Fault Fault, int Weight)> All { get; } =
    [
        (new("kill", FaultKind.Freeze), 25),
        (new("torn-write", FaultKind.Freeze) { Torn = 100 }, 15),
        (new("power-cut", FaultKind.Freeze) { LosesUnsynced = true }, 30),
        (new("power-cut-torn", FaultKind.Freeze) { Torn = 60, LosesUnsynced = true }, 10),
        (new("io-error-once", FaultKind.ErrorOnce), 7),
        (new("failed-sync-then-power-cut", FaultKind.ErrorOnce) { Target = FaultTarget.Syncs, LosesUnsynced = true }, 10),
        (new("io-error", FaultKind.ErrorOn) { Torn = 128 }, 4),
        (new("disk-full", FaultKind.ErrorOn) { Error = NoSpace, Target = FaultTarget.Growth, Torn = 80 }, 9),
    ];

    /// <summary>One of them.</summary>
    public static Fault Draw(Random random)
    {
        var at = random.Next(All.Sum(item => item.Weight));
        return All.First(item => (at -= item.Weight) < 0).Fault;
    }
}
