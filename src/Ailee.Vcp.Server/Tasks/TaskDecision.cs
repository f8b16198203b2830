using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Statements;
using Ailee.Vcp.Server.Leases;

namespace Ailee.Vcp.Server.Tasks;

/// <summary>A statement that passed intake, and what belongs to it.</summary>
/// <param name="Attempt">The attempt that it answers.</param>
/// <param name="Statement">The statement.</param>
/// <param name="Content">Its output and trace; null if these were handed in before.</param>
/// <param name="Cost">What the run cost.</param>
/// <param name="Received">When it came.</param>
internal sealed record TaskDecision(Attempt Attempt, SignedStatement Statement, TaskContent? Content, AttemptCost Cost, DateTimeOffset Received)
{
    /// <summary>The task.</summary>
    public TaskId Task => Attempt.Task;

    /// <summary>The lease.</summary>
    public Guid Lease => Attempt.Lease;
}
