using System.Collections.Concurrent;

namespace Ailee.Vcp.Benchmarks.Nodes;

/// <summary>What happened to a node, or to all nodes of the process. Thread-safe.</summary>
internal sealed class LoadCounts(LoadCounts? all = null)
{
    private readonly ConcurrentDictionary<string, long> _refusals = new(StringComparer.Ordinal);
    private long _heartbeats;
    private long _failedHeartbeats;
    private long _leases;
    private long _accepted;
    private long _inconclusive;
    private long _misbehaved;
    private long _sentBytes;

    /// <summary>Heartbeats that were answered.</summary>
    public void Heartbeat() => Count(ref _heartbeats, all, static counts => counts.Heartbeat());

    /// <summary>Heartbeats that were not.</summary>
    public void FailedHeartbeat() => Count(ref _failedHeartbeats, all, static counts => counts.FailedHeartbeat());

    /// <summary>A lease was taken.</summary>
    public void Lease() => Count(ref _leases, all, static counts => counts.Lease());

    /// <summary>A result was accepted.</summary>
    public void Accepted() => Count(ref _accepted, all, static counts => counts.Accepted());

    /// <summary>A run came to no result.</summary>
    public void Inconclusive() => Count(ref _inconclusive, all, static counts => counts.Inconclusive());

    /// <summary>A task was answered as the behaviour says, not honestly.</summary>
    public void Misbehaved() => Count(ref _misbehaved, all, static counts => counts.Misbehaved());

    /// <summary>A result was refused.</summary>
    public void Refused(string code)
    {
        _refusals.AddOrUpdate(code, 1, static (_, count) => count + 1);
        all?.Refused(code);
    }

    /// <summary>Bytes of a huge body went out.</summary>
    public void Sent(long bytes)
    {
        Interlocked.Add(ref _sentBytes, bytes);
        all?.Sent(bytes);
    }

    /// <summary>The counts as of now.</summary>
    public LoadFigures Read() => new(
        Volatile.Read(ref _heartbeats),
        Volatile.Read(ref _failedHeartbeats),
        Volatile.Read(ref _leases),
        Volatile.Read(ref _accepted),
        new SortedDictionary<string, long>(_refusals, StringComparer.Ordinal),
        Volatile.Read(ref _inconclusive),
        Volatile.Read(ref _misbehaved),
        Volatile.Read(ref _sentBytes));

    private static void Count(ref long own, LoadCounts? all, Action<LoadCounts> same)
    {
        Interlocked.Increment(ref own);
        if (all is not null)
        {
            same(all);
        }
    }
}

/// <summary><see cref="LoadCounts"/> at a moment.</summary>
internal sealed record LoadFigures(
    long Heartbeats, long FailedHeartbeats, long Leases, long Accepted, IReadOnlyDictionary<string, long> Refused, long Inconclusive, long Misbehaved, long SentBytes)
{
    public override string ToString()
    {
        var refused = Refused.Count == 0 ? "0" : $"{Refused.Values.Sum()} ({string.Join(", ", Refused.Select(code => $"{code.Key} {code.Value}"))})";
        return $"heartbeats {Heartbeats}, failed {FailedHeartbeats}, leases {Leases}, accepted {Accepted}, refused {refused}, inconclusive {Inconclusive}, misbehaved {Misbehaved}, sent {SentBytes} bytes of huge bodies";
    }
}
