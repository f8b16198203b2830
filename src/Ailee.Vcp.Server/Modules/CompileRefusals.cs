using Ailee.Vcp.Core;

namespace Ailee.Vcp.Server.Modules;

/// <summary>
/// What took more to compile than it may, by tenant and digest of what was sent: the same again costs nothing for a while. Not for ever, as it
/// may have been the machine. Bounded, the oldest out first; thread-safe.
/// </summary>
internal sealed class CompileRefusals(TimeProvider time)
{
    /// <summary>How long one is remembered.</summary>
    public static readonly TimeSpan Age = TimeSpan.FromMinutes(10);

    /// <summary>How many are remembered.</summary>
    public const int Most = 1024;

    private readonly object _gate = new();
    private readonly Dictionary<(string Tenant, Digest Sent), string> _details = [];
    private readonly Queue<((string Tenant, Digest Sent) Key, long Since)> _byAge = new();

    /// <summary>Why it was refused; null if it was not, or too long ago.</summary>
    public string? Find(string tenant, Digest sent)
    {
        lock (_gate)
        {
            while (_byAge.TryPeek(out var oldest) && time.GetElapsedTime(oldest.Since) >= Age)
            {
                _details.Remove(_byAge.Dequeue().Key);
            }

            return _details.GetValueOrDefault((tenant, sent));
        }
    }

    public void Add(string tenant, Digest sent, string detail)
    {
        lock (_gate)
        {
            if (!_details.TryAdd((tenant, sent), detail))
            {
                return;
            }

            _byAge.Enqueue(((tenant, sent), time.GetTimestamp()));
            if (_byAge.Count > Most)
            {
                _details.Remove(_byAge.Dequeue().Key);
            }
        }
    }
}
