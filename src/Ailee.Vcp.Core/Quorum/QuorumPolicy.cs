namespace Ailee.Vcp.Core.Quorum;

/// <summary>Names of what can be wrong with a policy.</summary>
public static class QuorumPolicyFaults
{
    /// <summary>Replicas are not between 1 and 16.</summary>
    public const string Replicas = "replicas-out-of-range";

    /// <summary>The quorum is not between 1 and the replicas.</summary>
    public const string Quorum = "quorum-out-of-range";

    /// <summary>The quorum is half of the replicas or less: two payloads could reach it.</summary>
    public const string NotMajority = "quorum-not-majority";

    /// <summary>Attempts are not between the replicas and 100.</summary>
    public const string Attempts = "attempts-out-of-range";
}

/// <summary>How many nodes run a task and how many must agree (docs/design/quorum.md).</summary>
public sealed record QuorumPolicy
{
    /// <summary>Most replicas of one task.</summary>
    public const int MostReplicas = 16;

    /// <summary>Most attempts of one task.</summary>
    public const int MostAttempts = 100;

    /// <summary>A policy that <see cref="Check"/> has nothing against.</summary>
    /// <exception cref="ArgumentException">It has; the message is the fault's name.</exception>
    public QuorumPolicy(int replicas, int quorum, int maxAttempts)
    {
        if (Check(replicas, quorum, maxAttempts) is { } fault)
        {
            throw new ArgumentException(fault);
        }

        (Replicas, Quorum, MaxAttempts) = (replicas, quorum, maxAttempts);
    }

    /// <summary>Two of three, with at most five attempts.</summary>
    public static QuorumPolicy Default { get; } = new(3, 2, 5);

    /// <summary>Leases that are granted at first. Range 1 to 16.</summary>
    public int Replicas { get; }

    /// <summary>Votes that a payload needs at least. More than half of <see cref="Replicas"/> and no more than all.</summary>
    public int Quorum { get; }

    /// <summary>Leases that may be granted altogether, where ten that were lost count as one. Range <see cref="Replicas"/> to 100.</summary>
    public int MaxAttempts { get; }

    /// <summary>The first thing wrong with such a policy, one of <see cref="QuorumPolicyFaults"/>; null if nothing is.</summary>
    public static string? Check(int replicas, int quorum, int maxAttempts) =>
        replicas is < 1 or > MostReplicas ? QuorumPolicyFaults.Replicas
        : quorum < 1 || quorum > replicas ? QuorumPolicyFaults.Quorum
        : 2 * quorum <= replicas ? QuorumPolicyFaults.NotMajority
        : maxAttempts < replicas || maxAttempts > MostAttempts ? QuorumPolicyFaults.Attempts
        : null;
}
