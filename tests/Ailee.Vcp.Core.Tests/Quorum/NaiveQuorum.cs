using System.Collections.Concurrent;
using Ailee.Vcp.Core.Quorum;

namespace Ailee.Vcp.Core.Tests.Quorum;

/// <summary>
/// The rules of docs/design/quorum.md once more, with no state but the list of what happened: everything is counted anew at each
/// step, and what can still win is found by trying every end of the leases outstanding. Slow on purpose.
/// </summary>
internal sealed class NaiveQuorum(QuorumPolicy policy)
{
    private static readonly ConcurrentDictionary<string, bool> Tried = new();

    private readonly List<(QuorumEvent Event, string Verdict)> _past = [];
    private Digest? _winner;

    public string Decision { get; private set; } = $"needs {policy.Replicas} beside 0";

    private bool Final => Decision.StartsWith("won", StringComparison.Ordinal) || Decision.StartsWith("failed", StringComparison.Ordinal);

    private bool Needs => Decision.StartsWith("needs", StringComparison.Ordinal);

    public string Next(QuorumEvent happened)
    {
        var verdict = happened switch
        {
            QuorumEvent.LeaseGranted granted => Grant(granted),
            QuorumEvent.LeaseEnded ended => End(ended),
            QuorumEvent.StatementReceived received => Receive(received),
            _ => Final ? "late" : Needs ? "accepted" : "not-needed",
        };
        _past.Add((happened, verdict));
        Decision = Final ? Decision : Count();
        return verdict;
    }

    private string Grant(QuorumEvent.LeaseGranted granted)
    {
        if (Grants().FirstOrDefault(past => past.Lease == granted.Lease) is { } known)
        {
            return known == granted ? "again: accepted" : "lease-mismatch";
        }

        return Final ? "late"
            : Void(granted.Node) ? "vote-void"
            : Holders().Any(holder => holder.Node == granted.Node || holder.Owner == granted.Owner) ? "owner-has-voted"
            : Grants().Select(past => past.Profile).FirstOrDefault(granted.Profile) != granted.Profile ? "profile-mismatch"
            : Needs ? "accepted"
            : "not-needed";
    }

    private string End(QuorumEvent.LeaseEnded ended) =>
        Grants().All(grant => grant.Lease != ended.Lease) ? "lease-unknown"
        : Open().All(grant => grant.Lease != ended.Lease) ? "again: accepted"
        : Final ? "late"
        : "accepted";

    private string Receive(QuorumEvent.StatementReceived received)
    {
        // What was kept of this node: answers that were new.
        var kept = _past.Where(past => past.Event is QuorumEvent.StatementReceived said && said.Node == received.Node && IsAnswer(past.Verdict))
            .Select(past => (Said: (QuorumEvent.StatementReceived)past.Event, past.Verdict)).ToList();
        if (kept.Where(answer => answer.Said.Statement == received.Statement).Select(answer => answer.Verdict).FirstOrDefault() is { } told)
        {
            return "again: " + told;
        }

        var reason = received.Task != Ballot.Task ? "task-mismatch"
            : received.Owner is null ? "node-not-enrolled"
            : Grants().All(grant => grant.Node != received.Node) ? "lease-unknown"
            : received.Profile != Grants().First().Profile ? "profile-mismatch"
            : null;
        if (reason is not null)
        {
            return reason;
        }

        var before = kept.Where(answer => answer.Said.Payload == received.Payload).Select(answer => answer.Verdict).LastOrDefault();
        var payloads = kept.Select(answer => answer.Said.Payload).Distinct().ToList();
        if (payloads.Count == 2)
        {
            return "again: " + (before ?? kept.Single(answer => answer.Verdict.StartsWith("equivocation", StringComparison.Ordinal)).Verdict);
        }

        if (payloads.Count == 1 && payloads[0] != received.Payload)
        {
            return "equivocation after " + QuorumText.Of(payloads[0]);
        }

        if (before is not null and not "owner-has-voted")
        {
            return "again: " + before;
        }

        if (Final)
        {
            return _winner is not { } winner ? "late" : winner == received.Payload ? "late-agrees" : "late-diverges";
        }

        var taken = Holders().Any(holder => holder.Owner == received.Owner && holder.Node != received.Node);
        return !taken ? "counted" : before is null ? "owner-has-voted" : "again: owner-has-voted";
    }

    private string Count()
    {
        var counts = Votes().GroupBy(vote => vote.Payload).ToDictionary(group => group.Key, group => group.Count());
        var (cast, open) = (Votes().Count(), Open().Count());
        foreach (var (payload, votes) in counts)
        {
            if (votes >= policy.Quorum && votes > (cast + open) / 2.0)
            {
                _winner = payload;
                return $"won {QuorumText.Of(payload)} by {Names(Votes().Where(vote => vote.Payload == payload))}{Rest(counts.Keys.Where(other => other != payload))}";
            }
        }

        var lost = _past.Count(past => past is { Event: QuorumEvent.LeaseEnded { Lost: true }, Verdict: "accepted" });
        var exhausted = _past.Any(past => past is { Event: QuorumEvent.ReplicasExhausted, Verdict: "accepted" });
        var left = exhausted ? 0 : policy.MaxAttempts - (Grants().Count() - lost) - (lost / 10);
        var more = 0;
        while (more < left && (Grants().Count() + more < policy.Replicas || !CanWin([.. counts.Values], open + more, policy.Quorum)))
        {
            more++;
        }

        return more > 0 ? $"needs {more} beside {open}" : open > 0 ? $"undecided {open}" : "failed" + Rest(counts.Keys);
    }

    /// <summary>Whether some end of the leases outstanding makes a payload win: each comes to a vote for one of the payloads or a new one, or to nothing.</summary>
    private static bool CanWin(int[] counts, int open, int quorum)
    {
        var sorted = counts.OrderDescending().ToArray();
        return Tried.GetOrAdd($"{quorum} {open} {string.Join(' ', sorted)}", _ =>
            sorted.Any(votes => votes >= quorum && votes > (sorted.Sum() + open) / 2.0)
            || (open > 0 && (CanWin(sorted, open - 1, quorum)
                || Enumerable.Range(0, sorted.Length + 1).Any(index => CanWin(OneMore(sorted, index), open - 1, quorum)))));
    }

    private static int[] OneMore(int[] counts, int index) =>
        index == counts.Length ? [.. counts, 1] : [.. counts.Select((count, at) => at == index ? count + 1 : count)];

    private string Rest(IEnumerable<Digest> payloads)
    {
        var groups = payloads.OrderBy(payload => payload.ToHex(), StringComparer.Ordinal)
            .Select(payload => $"; {QuorumText.Of(payload)} by {Names(Votes().Where(vote => vote.Payload == payload))}");
        var voids = Statements("equivocation").OrderBy(said => said.Node.Thumbprint.ToHex(), StringComparer.Ordinal)
            .Select(said => $"; void {QuorumText.Of(said.Node.Thumbprint)} {QuorumText.Of(FirstOf(said.Node))} {QuorumText.Of(said.Payload)}");
        return string.Concat(groups.Concat(voids));
    }

    private Digest FirstOf(NodeId node) =>
        _past.Where(past => IsAnswer(past.Verdict)).Select(past => past.Event).OfType<QuorumEvent.StatementReceived>().First(said => said.Node == node).Payload;

    private static string Names(IEnumerable<QuorumEvent.StatementReceived> votes) =>
        string.Join(' ', votes.OrderBy(vote => vote.Node.Thumbprint.ToHex(), StringComparer.Ordinal).Select(vote => QuorumText.Of(vote.Node.Thumbprint)));

    private static bool IsAnswer(string verdict) =>
        verdict is "counted" or "owner-has-voted" or "late" or "late-agrees" or "late-diverges" || verdict.StartsWith("equivocation", StringComparison.Ordinal);

    private IEnumerable<QuorumEvent.StatementReceived> Statements(string verdict) => _past
        .Where(past => past.Event is QuorumEvent.StatementReceived && past.Verdict.StartsWith(verdict, StringComparison.Ordinal))
        .Select(past => (QuorumEvent.StatementReceived)past.Event);

    private bool Void(NodeId node) => Statements("equivocation").Any(said => said.Node == node);

    private IEnumerable<QuorumEvent.StatementReceived> Votes() => Statements("counted").Where(said => !Void(said.Node));

    private IEnumerable<QuorumEvent.LeaseGranted> Grants() => _past.Where(past => past.Verdict == "accepted").Select(past => past.Event).OfType<QuorumEvent.LeaseGranted>();

    private IEnumerable<QuorumEvent.LeaseGranted> Open()
    {
        for (var at = 0; at < _past.Count; at++)
        {
            if (_past[at] is { Event: QuorumEvent.LeaseGranted granted, Verdict: "accepted" } && !_past.Skip(at + 1).Any(later => Ends(later, granted)))
            {
                yield return granted;
            }
        }
    }

    private static bool Ends((QuorumEvent Event, string Verdict) later, QuorumEvent.LeaseGranted granted) => later switch
    {
        (QuorumEvent.LeaseEnded ended, "accepted") => ended.Lease == granted.Lease,
        (QuorumEvent.StatementReceived said, var verdict) => said.Node == granted.Node && (verdict == "counted" || verdict.StartsWith("equivocation", StringComparison.Ordinal)),
        _ => false,
    };

    private IEnumerable<(NodeId Node, OwnerId Owner)> Holders() =>
        Votes().Select(vote => (vote.Node, vote.Owner!.Value)).Concat(Open().Select(grant => (grant.Node, grant.Owner)));
}
