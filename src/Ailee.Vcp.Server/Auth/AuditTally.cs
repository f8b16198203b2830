namespace Ailee.Vcp.Server.Auth;

/// <summary>
/// Counts what anybody may cause as often as he likes, so that a flood is some lines of the audit trail a minute and not its end: alike
/// events are one, and of each kind there are only so many that differ. Thread-safe.
/// </summary>
internal sealed class AuditTally(TimeProvider time)
{
    private const int MostOfAKind = 64;

    private readonly Lock _gate = new();
    private Dictionary<Group, Count> _counts = [];

    /// <summary>Counts an event.</summary>
    public void Add(string kind, string actor, RemoteAddress remote, string? subject)
    {
        lock (_gate)
        {
            var group = new Group(kind, actor, remote, subject);
            if (!_counts.ContainsKey(group) && _counts.Keys.Count(other => other.Kind == kind) >= MostOfAKind)
            {
                group = new Group(kind, "others", default, null);
            }

            _counts[group] = _counts.TryGetValue(group, out var count) ? count with { Times = count.Times + 1 } : new Count(1, time.GetUtcNow());
        }
    }

    /// <summary>What was counted since the last call, as events.</summary>
    public List<AuditEvent> Take()
    {
        Dictionary<Group, Count> taken;
        lock (_gate)
        {
            (taken, _counts) = (_counts, []);
        }

        return [.. taken.OrderBy(pair => pair.Value.First).Select(pair => new AuditEvent(pair.Key.Kind, pair.Key.Actor, pair.Value.First)
        {
            Remote = pair.Key.Remote.ToText(),
            Subject = pair.Key.Subject,
            Detail = pair.Value.Times == 1 ? "once" : $"{pair.Value.Times} times within a minute",
        })];
    }

    private readonly record struct Group(string Kind, string Actor, RemoteAddress Remote, string? Subject);

    private readonly record struct Count(long Times, DateTimeOffset First);
}
