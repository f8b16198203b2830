namespace Ailee.Vcp.Crash.Steps;

/// <summary>A state change, during which the storage fails.</summary>
/// <param name="Name">What it is called in reports.</param>
/// <param name="Run">What is done, from the outside.</param>
internal sealed record Step(string Name, Func<World, CancellationToken, Task> Run)
{
    /// <summary>What must be there before, without a fault.</summary>
    public Func<World, CancellationToken, Task> Prepare { get; init; } = static (_, _) => Task.CompletedTask;

    /// <summary>How often it is drawn, beside the others.</summary>
    public int Weight { get; init; } = 1;

    /// <summary>Whether it is the start of a server: on a new directory, on the one that is there, or on a backup of it, or what comes before that.</summary>
    public StartKind Start { get; init; }

    /// <summary>Whether it is done within the server's process, and not by a call.</summary>
    public bool IsInside { get; init; }

    /// <summary>Whether it is the end of a server in good order.</summary>
    public bool Stops { get; init; }
}

/// <summary>What a step has to do with a start.</summary>
internal enum StartKind
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>It is the first, which makes everything.</summary>
    First,

    /// <summary>It is one more.</summary>
    Again,

    /// <summary>It is the first on a backup that was restored.</summary>
    Restored,

    /// <summary>A backup is restored, before that.</summary>
    Restore,
}
