using System.Security.Cryptography;
using System.Text;
using Ailee.Vcp.Core.Quorum;

namespace Ailee.Vcp.Core.Tests.Quorum;

/// <summary>A task's votes under short names: node <c>A2</c> is the second of owner <c>A</c>, payloads are <c>p</c>, <c>q</c>, ….</summary>
internal sealed class Ballot(int replicas, int quorum, int maxAttempts)
{
    public static readonly TaskId Task = TaskId.Parse("01890a5d-ac96-774b-bcce-b302099a8057");
    public static readonly TaskId OtherTask = TaskId.Parse("01890a5d-ac96-774b-bcce-b302099a8058");
    public static readonly Digest Profile = DigestOf("profile");
    public static readonly Digest OtherProfile = DigestOf("another profile");

    private readonly Dictionary<string, Guid> _leases = [];

    public QuorumState State { get; private set; } = QuorumState.Start(Task, new QuorumPolicy(replicas, quorum, maxAttempts));

    public List<QuorumEvent> Events { get; } = [];

    public string Decision => QuorumText.Of(State.Decision);

    /// <summary>Grants a lease to each node; all must be accepted.</summary>
    public Ballot Lease(params string[] nodes)
    {
        Assert.All(nodes, node => Assert.Equal("accepted", TryLease(node)));
        return this;
    }

    public string TryLease(string node, Digest? profile = null)
    {
        var lease = new Guid(Events.Count + 1, 0, 0, new byte[8]);
        var verdict = Apply(new QuorumEvent.LeaseGranted(lease, Node(node), Owner(node), profile ?? Profile));
        if (verdict == "accepted")
        {
            _leases[node] = lease;
        }

        return verdict;
    }

    /// <summary>Ends the last lease of a node.</summary>
    public string End(string node, bool lost = false) => Apply(new QuorumEvent.LeaseEnded(_leases[node], lost));

    /// <summary>A statement of the node; another envelope is another statement with the same payload.</summary>
    public string Say(string node, string payload, int envelope = 0) => Apply(Statement(node, payload, envelope));

    public string Apply(QuorumEvent happened)
    {
        var step = QuorumAggregator.Apply(State, happened);
        Assert.Equal(step.Changed, !ReferenceEquals(step.State, State));
        State = step.State;
        Events.Add(happened);
        return QuorumText.Of(step.Verdict);
    }

    public static QuorumEvent.StatementReceived Statement(string node, string payload, int envelope = 0) =>
        new(Task, Node(node), Owner(node), Profile, Payload(payload), DigestOf($"statement {node} {payload} {envelope}"));

    public static NodeId Node(string name) => new(QuorumText.Name(name, DigestOf("node " + name)));

    public static OwnerId Owner(string node) => OwnerId.Parse(node[..1]);

    public static Digest Payload(string name) => QuorumText.Name(name, DigestOf("payload " + name));

    public static Digest DigestOf(string text) => new(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
