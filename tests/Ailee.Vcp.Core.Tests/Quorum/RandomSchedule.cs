using Ailee.Vcp.Core.Quorum;

namespace Ailee.Vcp.Core.Tests.Quorum;

/// <summary>
/// Events of one task as they may come in from a fleet in which nodes crash, repeat themselves, lie and belong together. All of it
/// follows from the seed.
/// </summary>
internal sealed class RandomSchedule
{
    private readonly Random _random;
    private readonly string[] _nodes;
    private readonly int _payloads;

    public RandomSchedule(int seed)
    {
        _random = new Random(seed);
        var replicas = _random.Next(1, 6);
        Policy = new QuorumPolicy(replicas, _random.Next((replicas / 2) + 1, replicas + 1), replicas + _random.Next(0, 5));
        _nodes = [.. Enumerable.Range(0, _random.Next(replicas, 12)).Select(_ => $"{(char)('A' + _random.Next(0, 9))}{_random.Next(1, 4)}").Distinct()];
        _payloads = _random.Next(1, 5);
        Events = [.. Enumerable.Range(0, _random.Next(10, 50)).Select(_ => Next(replicas))];
    }

    public QuorumPolicy Policy { get; }

    public IReadOnlyList<QuorumEvent> Events { get; }

    private QuorumEvent Next(int replicas) => _random.Next(0, 100) switch
    {
        < 40 => Grant(),
        < 50 => new QuorumEvent.LeaseEnded(Lease(), _random.Next(0, 3) == 0),
        < 95 => Say(),
        < 97 when replicas > 2 => new QuorumEvent.ReplicasExhausted(),
        _ => Grant(),
    };

    private QuorumEvent.LeaseGranted Grant()
    {
        var node = Node();
        return new QuorumEvent.LeaseGranted(Lease(), Ballot.Node(node), Owner(node), Profile());
    }

    private QuorumEvent.StatementReceived Say()
    {
        var node = Node();
        // Most say p, so that something wins.
        var payload = "pqrs"[Math.Max(0, _random.Next(-_payloads, _payloads))].ToString();
        var statement = Ballot.Statement(node, payload, _random.Next(0, 3) / 2) with { Owner = Owner(node), Profile = Profile() };
        return _random.Next(0, 40) switch
        {
            0 => statement with { Task = Ballot.OtherTask },
            1 => statement with { Owner = null },
            _ => statement,
        };
    }

    private string Node() => _nodes[_random.Next(0, _nodes.Length)];

    /// <summary>Now and then a node changes hands.</summary>
    private OwnerId Owner(string node) => Ballot.Owner(_random.Next(0, 40) == 0 ? Node() : node);

    private Digest Profile() => _random.Next(0, 40) == 0 ? Ballot.OtherProfile : Ballot.Profile;

    private Guid Lease() => new(_random.Next(0, 40), 0, 0, new byte[8]);
}
