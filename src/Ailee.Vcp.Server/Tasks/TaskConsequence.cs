using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Statements;
using Ailee.Vcp.Server.Reputation;

namespace Ailee.Vcp.Server.Tasks;

/// <summary>What a transaction about a task came to, for the rest of the process to hear after the commit.</summary>
/// <param name="Task">The task.</param>
internal sealed record TaskConsequence(TaskId Task)
{
    /// <summary>Why what a node said does not count; null if it does.</summary>
    public string? Refusal { get; init; }

    /// <summary>The final state that the task reached just now; null if it reached none.</summary>
    public string? Ended { get; init; }

    /// <summary>What decided it, if something did.</summary>
    public StatementPayload? Result { get; init; }

    /// <summary>Whether the task needs leases, other than before.</summary>
    public bool NeedsLeases { get; init; }

    /// <summary>Whether something was appended to the log.</summary>
    public bool Logged { get; init; }

    /// <summary>Leases that ended and of which their nodes do not know.</summary>
    public IReadOnlyList<Guid> Revoked { get; init; } = [];

    /// <summary>What became of nodes' reputation.</summary>
    public IReadOnlyList<ReputationChange> Reputation { get; init; } = [];

    /// <summary>Whether another attempt follows one that came to nothing.</summary>
    public bool Retried { get; init; }

    /// <summary>Whether audits wait to be run.</summary>
    public bool AuditsDue { get; init; }
}
