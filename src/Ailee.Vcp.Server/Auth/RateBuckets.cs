using System.Collections.Concurrent;

namespace Ailee.Vcp.Server.Auth;

/// <summary>A bucket for each of many callers, but never more than a number of them: who comes beyond it shares one. Thread-safe.</summary>
internal sealed class RateBuckets<TKey>(int most, TimeProvider time)
    where TKey : notnull
{
    private readonly ConcurrentDictionary<TKey, RateBucket> _buckets = new();
    private readonly RateBucket _rest = new();
    private readonly Lock _gate = new();
    private int _count;
    private long? _sweptAt;

    /// <summary>A caller's bucket.</summary>
    public RateBucket Of(TKey caller)
    {
        if (_buckets.TryGetValue(caller, out var known))
        {
            return known;
        }

        lock (_gate)
        {
            if (_count >= most)
            {
                Sweep();
            }

            if (_count >= most)
            {
                return _rest;
            }

            var bucket = new RateBucket();
            if (_buckets.TryAdd(caller, bucket))
            {
                _count++;
                return bucket;
            }

            return _buckets[caller];
        }
    }

    /// <summary>A caller's bucket if anything may be taken from it, without making one.</summary>
    public RateBucket? Find(TKey caller) => _buckets.GetValueOrDefault(caller) ?? (Volatile.Read(ref _count) >= most ? _rest : null);

    // Once a second: a flood of callers must not have all of them looked at for each of its requests.
    private void Sweep()
    {
        var now = time.GetTimestamp();
        if (_sweptAt is { } last && time.GetElapsedTime(last, now) < TimeSpan.FromSeconds(1))
        {
            return;
        }

        _sweptAt = now;
        foreach (var (caller, bucket) in _buckets)
        {
            // Nothing is lost with a full one: the next is full too.
            if (bucket.IsFull(now) && _buckets.TryRemove(caller, out _))
            {
                _count--;
            }
        }
    }
}
