using System.Diagnostics.CodeAnalysis;

namespace Ailee.Vcp.Server.Auth;

/// <summary>What this process remembers of a key beside its row: when it was used, what is left of its rate, and who follows streams by it. Thread-safe.</summary>
[SuppressMessage("Reliability", "CA1001", Justification = "The source has no timer and no wait handle, and who follows it may outlive the key.")]
internal sealed class KeyUse
{
    private readonly CancellationTokenSource _ended = new();
    private long _usedMs;
    private long _storedMs;

    /// <summary>Ends when the key is revoked, or over.</summary>
    public CancellationToken Ended => _ended.Token;

    /// <summary>What is left of its requests.</summary>
    public RateBucket Rate { get; } = new();

    /// <summary>When it was last used by this process; null if it was not.</summary>
    public DateTimeOffset? UsedAt => Volatile.Read(ref _usedMs) is > 0 and var used ? DateTimeOffset.FromUnixTimeMilliseconds(used) : null;

    /// <summary>Whether it was used since that was last stored.</summary>
    public bool IsUnstored => Volatile.Read(ref _usedMs) > Volatile.Read(ref _storedMs);

    /// <summary>It was used just now.</summary>
    public void Touch(DateTimeOffset now) => Volatile.Write(ref _usedMs, now.ToUnixTimeMilliseconds());

    /// <summary>It is stored that it was used then.</summary>
    public void Stored(DateTimeOffset at) => Volatile.Write(ref _storedMs, at.ToUnixTimeMilliseconds());

    /// <summary>It was revoked, is over, or is gone.</summary>
    public void End()
    {
        if (!_ended.IsCancellationRequested)
        {
            // Whoever follows goes on on threads of its own.
            _ = _ended.CancelAsync();
        }
    }
}
