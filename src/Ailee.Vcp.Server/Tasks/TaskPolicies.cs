using Ailee.Vcp.Client.Tasks;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Quorum;
using Ailee.Vcp.Server.Storage;

namespace Ailee.Vcp.Server.Tasks;

/// <summary>What decides how often a task is run.</summary>
/// <param name="Assurance">One of <see cref="AssuranceModes"/>.</param>
/// <param name="Replicas">How many nodes run it.</param>
/// <param name="Quorum">How many must agree.</param>
/// <param name="MaxAttempts">How often it is tried altogether.</param>
internal sealed record TaskPolicy(string Assurance, int Replicas, int Quorum, int MaxAttempts)
{
    /// <summary>Whether nodes vote on it.</summary>
    public bool IsVote => TaskPolicies.IsVote(Assurance, Replicas);

    /// <summary>The policy of the vote.</summary>
    public QuorumPolicy ToQuorum() => new(Replicas, Quorum, Math.Clamp(MaxAttempts, Replicas, QuorumPolicy.MostAttempts));
}

/// <summary>The SQL of policies.</summary>
internal static class TaskPolicies
{
    /// <summary>Whether nodes vote. A task of mode <c>adaptive</c> is a vote once its first lease went to a node that is not trusted.</summary>
    public static bool IsVote(string assurance, int replicas) => assurance == AssuranceModes.Quorum || (assurance == AssuranceModes.Adaptive && replicas > 1);

    public static TaskPolicy Read(IReadTransaction transaction, TaskId task, int mostAttempts) => transaction.QueryFirst(
        "SELECT assurance, replicas, quorum, COALESCE(max_attempts, $most) FROM tasks WHERE id = $id",
        row => new TaskPolicy(row.Text(0), (int)row.Int64(1), (int)row.Int64(2), (int)row.Int64(3)),
        ("$most", (long)mostAttempts),
        ("$id", task.ToArray()))!;

    /// <summary>Lets nodes vote on a task of mode <c>adaptive</c>.</summary>
    public static void Replicate(IWriteTransaction transaction, TaskId task, QuorumPolicy policy) => transaction.Execute(
        "UPDATE tasks SET replicas = $replicas, quorum = $quorum WHERE id = $id",
        ("$replicas", (long)policy.Replicas),
        ("$quorum", (long)policy.Quorum),
        ("$id", task.ToArray()));
}
