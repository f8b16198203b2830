namespace Ailee.Vcp.Core.Nodes;

/// <summary>What can happen to a node's reputation, and how much it moves it.</summary>
public sealed record ReputationEventKind
{
    private const double Gain = 0.01;
    private const double Loss = -0.05;

    private ReputationEventKind(string name, double delta, bool isStrike = false) => (Name, Delta, IsStrike) = (name, delta, isStrike);

    /// <summary>Its result was in the group that won.</summary>
    public static ReputationEventKind Agreed { get; } = new("agreed", Gain);

    /// <summary>Its result came after the decision and was the one that had won.</summary>
    public static ReputationEventKind LateAgreed { get; } = new("late-agreed", Gain);

    /// <summary>An audit came to its result.</summary>
    public static ReputationEventKind AuditPassed { get; } = new("audit-passed", Gain);

    /// <summary>Its result was not the one that won.</summary>
    public static ReputationEventKind Divergent { get; } = new("divergent", Loss, isStrike: true);

    /// <summary>It signed two results of one task.</summary>
    public static ReputationEventKind Equivocation { get; } = new("equivocation", Loss, isStrike: true);

    /// <summary>It sent a statement that does not verify.</summary>
    public static ReputationEventKind InvalidStatement { get; } = new("invalid-statement", Loss, isStrike: true);

    /// <summary>It sent a statement that had been used before, its own or another node's.</summary>
    public static ReputationEventKind ReplayedStatement { get; } = new("replayed-statement", Loss, isStrike: true);

    /// <summary>An audit came to another result than it did.</summary>
    public static ReputationEventKind AuditFailed { get; } = new("audit-failed", Loss, isStrike: true);

    /// <summary>It won an auction and did not do the work.</summary>
    public static ReputationEventKind AwardFailed { get; } = new("award-failed", Loss);

    /// <summary>It took a lease and let it run out.</summary>
    public static ReputationEventKind Abandoned { get; } = new("abandoned", Loss);

    /// <summary>Every kind.</summary>
    public static IReadOnlyList<ReputationEventKind> All { get; } =
        [Agreed, LateAgreed, AuditPassed, Divergent, Equivocation, InvalidStatement, ReplayedStatement, AuditFailed, AwardFailed, Abandoned];

    /// <summary>Stable name, kebab-case, as the API and the database have it.</summary>
    public string Name { get; }

    /// <summary>What is added to the reputation.</summary>
    public double Delta { get; }

    /// <summary>Whether it counts towards a quarantine (<see cref="StrikePolicy"/>): it cannot happen to an honest node by bad luck.</summary>
    public bool IsStrike { get; }

    /// <summary>The kind with a name, or null.</summary>
    public static ReputationEventKind? Find(string name) => All.FirstOrDefault(kind => kind.Name == name);
}
