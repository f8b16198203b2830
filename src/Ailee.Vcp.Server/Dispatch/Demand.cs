using System.Collections.Immutable;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Nodes;

namespace Ailee.Vcp.Server.Dispatch;

/// <summary>How a node is chosen for a task, and what it must have.</summary>
internal sealed record Selection
{
    /// <summary>Nothing is asked for.</summary>
    public static readonly Selection Default = new();

    /// <summary>How to choose among the nodes that fit.</summary>
    public SelectionStrategy Strategy { get; init; }

    /// <summary>The processor architecture that it must have; null for any.</summary>
    public string? Architecture { get; init; }

    /// <summary>Labels that it must have, all of them with these values.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = ImmutableDictionary<string, string>.Empty;
}

/// <summary>A task needs leases.</summary>
internal sealed record Demand
{
    /// <summary>Highest priority.</summary>
    public const int MostPriority = 9;

    /// <summary>Priority of a task that asks for none.</summary>
    public const int DefaultPriority = 5;

    /// <summary>The task.</summary>
    public required TaskId Task { get; init; }

    /// <summary>Who submitted it: those share evenly.</summary>
    public required string Submitter { get; init; }

    /// <summary>0 to 9, the highest first.</summary>
    public int Priority { get; init; } = DefaultPriority;

    /// <summary>How its nodes are chosen.</summary>
    public Selection Selection { get; init; } = Selection.Default;

    /// <summary>Linear memory that it may use. Unit: bytes.</summary>
    public long MemoryBytes { get; init; }

    /// <summary>Instructions that it may use.</summary>
    public long Instructions { get; init; }

    /// <summary>How many leases it needs, each of another owner.</summary>
    public int Count { get; init; } = 1;

    /// <summary>Owners that get none.</summary>
    public IReadOnlySet<OwnerId> ExcludedOwners { get; init; } = ImmutableHashSet<OwnerId>.Empty;

    /// <summary>Nodes that get none as long as there is another that may.</summary>
    public IReadOnlySet<NodeId> AvoidedNodes { get; init; } = ImmutableHashSet<NodeId>.Empty;

    /// <summary>When it may be assigned; null for at once.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>The one node that may get it, whatever else is asked for; null for any.</summary>
    public NodeId? Only { get; init; }

    /// <summary>What the node bid for it, in micro-credits for 10^6 gas; null unless it won an auction.</summary>
    public long? Price { get; init; }

    /// <summary>What the leases are for, as attempts call it.</summary>
    public string Purpose { get; init; } = "run";
}
