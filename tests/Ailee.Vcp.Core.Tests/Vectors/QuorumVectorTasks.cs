using Ailee.Vcp.Core.Quorum;
using Ailee.Vcp.Core.Tests.Quorum;

namespace Ailee.Vcp.Core.Tests.Vectors;

/// <summary>The tasks of quorum.json: a word is an event, and schedules from seeds are added to those by hand.</summary>
internal static class QuorumVectorTasks
{
    private static readonly int[] Seeds = [53, 69];

    // +A a lease for node A, &A the same once more, -A and ~A it ended or is lost, A=p a statement, ! nobody is left. What follows changes
    // one thing: * another statement with that payload, ? a node that is not enrolled, % another profile, @ another task.
    private static readonly (string Name, int Replicas, int Quorum, int MaxAttempts, string Events)[] Scripts =
    [
        ("two of three", 3, 2, 5, "+A +B +C A=p B=p C=p"),
        ("one dissents first", 3, 2, 5, "+A +B +C C=q A=p B=p"),
        ("all differ, then three of five", 3, 2, 5, "+A +B +C A=p B=q C=r +D +E D=q E=q"),
        ("all differ, two of five", 3, 2, 5, "+A +B +C A=p B=q C=r +D +E D=s E=p"),
        ("tie", 4, 3, 4, "+A +B +C +D A=p B=q C=q D=p"),
        ("votes in the order of the nodes' bytes", 5, 5, 5, "+A +B +C +D +E A=p B=p C=p D=p E=p"),
        ("three refused do not outvote two", 5, 3, 6, "+A +B +C +D +E -C -D -E A=p B=p +F F=p"),
        ("same statement, same payload", 3, 2, 5, "+A A=p A=p A=p* +B B=p"),
        ("equivocation before the decision", 3, 2, 5, "+A A=p A=q A=p A=p* A=r +A +A2 A2=p +B B=p"),
        ("equivocation ends a tie", 3, 2, 4, "+A +B +C A=p B=q -C +D C=p B=p"),
        ("equivocation after the decision", 3, 2, 5, "+A +B +C A=p B=p A=q C=q C=p"),
        ("owner's second node", 5, 3, 8, "+A2 -A2 +A A=p A2=p A2=p* +A2 +A"),
        ("owner's place becomes free", 5, 3, 8, "+A2 -A2 +A A2=p -A A2=p A2=p*"),
        ("late answer diverges", 3, 2, 5, "+A +B +C +D A=p B=p C=q C=q C=q* C=p"),
        ("late answer agrees", 3, 2, 5, "+A +B +C A=p B=p -C C=p C=p C=p* +D &A !"),
        ("late after failure", 2, 2, 2, "+A +B A=p -B B=p"),
        ("ended lease lowers R", 3, 2, 5, "+A +B +C -C A=p B=q +D C=p -D"),
        ("ten lost are one attempt", 1, 1, 1, string.Join(' ', Enumerable.Repeat("+A ~A", 10))),
        ("nobody is left", 3, 2, 5, "+A +B +C ! -A -B ! +D ! C=p"),
        ("nobody was there", 3, 2, 5, "!"),
        ("leases and ends told twice", 3, 2, 5, "+A &A &A% -A -A ~A +A ~A -A +B +C +D"),
        ("unasked", 3, 2, 5, "A=p +A B=p A=p@ A=p? A=p% A=q A=p +B% +B B=q"),
    ];

    public static IReadOnlyList<QuorumTaskVector> All { get; } =
    [
        .. Scripts.Select(script => QuorumTaskVector.Of(
            script.Name, new QuorumPolicy(script.Replicas, script.Quorum, script.MaxAttempts), Events(script.Events))),
        .. Seeds.Select(seed => (Seed: seed, Schedule: new RandomSchedule(seed)))
            .Select(random => QuorumTaskVector.Of($"random {random.Seed}", random.Schedule.Policy, random.Schedule.Events)),
    ];

    private static List<QuorumEvent> Events(string script)
    {
        var (events, leases) = (new List<QuorumEvent>(), new Dictionary<string, Guid>());
        foreach (var word in script.Split(' '))
        {
            events.Add(word[0] switch
            {
                '+' => Grant(word[1..].TrimEnd('%'), word.EndsWith('%') ? Ballot.OtherProfile : Ballot.Profile),
                '&' => GrantAgain(word[1..].TrimEnd('%')) with { Profile = word.EndsWith('%') ? Ballot.OtherProfile : Ballot.Profile },
                '-' or '~' => new QuorumEvent.LeaseEnded(leases[word[1..]], Lost: word[0] == '~'),
                '!' => new QuorumEvent.ReplicasExhausted(),
                _ => Say(word),
            });
        }

        return events;

        QuorumEvent.LeaseGranted Grant(string node, Digest profile) =>
            new(leases[node] = new Guid(events.Count + 1, 0, 0, new byte[8]), Ballot.Node(node), Ballot.Owner(node), profile);

        QuorumEvent.LeaseGranted GrantAgain(string node) => events.OfType<QuorumEvent.LeaseGranted>().Last(granted => granted.Lease == leases[node]);
    }

    private static QuorumEvent.StatementReceived Say(string word)
    {
        var parts = word.TrimEnd('*', '?', '%', '@').Split('=');
        var statement = Ballot.Statement(parts[0], parts[1], word.EndsWith('*') ? 1 : 0);
        return word[^1] switch
        {
            '?' => statement with { Owner = null },
            '%' => statement with { Profile = Ballot.OtherProfile },
            '@' => statement with { Task = Ballot.OtherTask },
            _ => statement,
        };
    }
}
