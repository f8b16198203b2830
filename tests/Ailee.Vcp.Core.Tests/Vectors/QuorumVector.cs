using System.Text.Json.Serialization;
using Ailee.Vcp.Core.Quorum;
using Ailee.Vcp.Core.Tests.Quorum;

namespace Ailee.Vcp.Core.Tests.Vectors;

/// <summary>quorum.json: policies with what is wrong with them, and tasks as lists of events with what each comes to.</summary>
internal sealed record QuorumVectors(IReadOnlyList<PolicyVector> Policies, IReadOnlyList<QuorumTaskVector> Tasks)
{
    private static readonly (int Replicas, int Quorum, int MaxAttempts)[] SomePolicies =
    [
        (1, 1, 1), (3, 2, 5), (2, 2, 2), (16, 9, 100), (16, 16, 16), (0, 1, 5), (17, 9, 20), (3, 0, 5), (3, 4, 5), (2, 1, 5), (4, 2, 5), (16, 8, 16),
        (3, 2, 2), (3, 2, 101),
    ];

    public static QuorumVectors All { get; } = new([.. SomePolicies.Select(PolicyVector.Of)], QuorumVectorTasks.All);
}

/// <summary>A policy; no fault if it is sound.</summary>
internal sealed record PolicyVector(string Name, int Replicas, int Quorum, int MaxAttempts, string? Fault)
{
    public static PolicyVector Of((int Replicas, int Quorum, int MaxAttempts) policy) => new(
        $"{policy.Quorum} of {policy.Replicas} in {policy.MaxAttempts}",
        policy.Replicas,
        policy.Quorum,
        policy.MaxAttempts,
        QuorumPolicy.Check(policy.Replicas, policy.Quorum, policy.MaxAttempts));
}

/// <summary>A task from its start: the decision before any event, then the events.</summary>
internal sealed record QuorumTaskVector(
    string Name, string Task, int Replicas, int Quorum, int MaxAttempts, QuorumDecisionVector Decision, IReadOnlyList<QuorumStepVector> Steps)
{
    public static QuorumTaskVector Of(string name, QuorumPolicy policy, IEnumerable<QuorumEvent> events)
    {
        var (state, steps) = (QuorumState.Start(Ballot.Task, policy), new List<QuorumStepVector>());
        var start = QuorumDecisionVector.Of(state.Decision);
        foreach (var happened in events)
        {
            var before = QuorumText.Of(state.Decision);
            var step = QuorumAggregator.Apply(state, happened);
            state = step.State;
            steps.Add(new QuorumStepVector(QuorumEventVector.Of(happened), step.Verdict.Code, step.Changed)
            {
                First = (step.Verdict as QuorumVerdict.Again)?.First.Code,
                Decision = QuorumText.Of(state.Decision) == before ? null : QuorumDecisionVector.Of(state.Decision),
            });
        }

        return new QuorumTaskVector(name, Ballot.Task.ToString(), policy.Replicas, policy.Quorum, policy.MaxAttempts, start, steps);
    }
}

/// <summary>An event, what it came to (of an answer given again also the first), whether it is to be stored, and the decision if it is another one.</summary>
internal sealed record QuorumStepVector(QuorumEventVector Event, string Verdict, bool Changed)
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? First { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public QuorumDecisionVector? Decision { get; init; }
}

/// <summary>An event; what its kind does not have is left out, and so is the owner of a node that is not enrolled.</summary>
internal sealed record QuorumEventVector(string Kind)
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Lease { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? Lost { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Task { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Node { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Owner { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Profile { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Payload { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Statement { get; init; }

    public static QuorumEventVector Of(QuorumEvent happened) => happened switch
    {
        QuorumEvent.LeaseGranted granted => new("lease-granted")
        {
            Lease = granted.Lease.ToString(),
            Node = granted.Node.ToString(),
            Owner = granted.Owner.ToString(),
            Profile = granted.Profile.ToHex(),
        },
        QuorumEvent.LeaseEnded ended => new("lease-ended") { Lease = ended.Lease.ToString(), Lost = ended.Lost },
        QuorumEvent.StatementReceived received => new("statement-received")
        {
            Task = received.Task.ToString(),
            Node = received.Node.ToString(),
            Owner = received.Owner?.ToString(),
            Profile = received.Profile.ToHex(),
            Payload = received.Payload.ToHex(),
            Statement = received.Statement.ToHex(),
        },
        _ => new("replicas-exhausted"),
    };
}
