using Ailee.Vcp.Core;

namespace Ailee.Vcp.ProductionDemo.Fleets;

/// <summary>A node of the demo.</summary>
/// <param name="Name">Its name, which is also its owner's: nobody here has two nodes.</param>
/// <param name="Id">The thumbprint of its key.</param>
/// <param name="Lies">Whether it lies about every result.</param>
/// <param name="Program">Its process.</param>
internal sealed record Agent(string Name, NodeId Id, bool Lies, RunningProgram Program)
{
    /// <summary>How it was killed; null as long as it was not.</summary>
    public Crash? Crash { get; set; }
}

/// <summary>An agent was killed while it had a lease and its guest ran.</summary>
/// <param name="Task">The task that it ran.</param>
/// <param name="Number">Number of the task for people.</param>
/// <param name="Attempt">Number of the attempt that was its.</param>
/// <param name="Process">Id of the process that was killed.</param>
internal sealed record Crash(TaskId Task, int Number, int Attempt, int Process);
