using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;
using Ailee.Vcp.Client.Keys;
using Ailee.Vcp.Node.Keys;
using Ailee.Vcp.Server.Http;
using Ailee.Vcp.Server.Storage;

namespace Ailee.Vcp.Server.Auth;

/// <summary>Knows who holds a key. What is in memory is a copy of the table, taken again when it is some seconds old: keys are changed by others too. Thread-safe.</summary>
internal sealed class ApiKeys
{
    private static readonly TimeSpan OldestCopy = TimeSpan.FromSeconds(2);

    private readonly Lock _gate = new();
    private readonly IDatabase _database;
    private readonly DataDirectory _directory;
    private readonly TimeProvider _time;
    private Copy _copy;

    public ApiKeys(IDatabase database, DataDirectory directory, TimeProvider time)
    {
        (_database, _directory, _time) = (database, directory, time);
        _copy = Read(FrozenDictionary<ulong, Held>.Empty);
    }

    /// <summary>Makes the first key of an administrator and writes it into its file, unless there ever was one. Returns the file if it was made now.</summary>
    public async Task<string?> EnsureAdminKeyAsync()
    {
        // One that is revoked or over counts: who can start the server again must not thereby get a key, as 'vcp keys reset' gives one.
        if (Volatile.Read(ref _copy).Keys.Values.Any(held => held.Key.Scopes.HasFlag(Scope.Admin)))
        {
            return null;
        }

        var now = _time.GetUtcNow();
        var (key, secret) = ApiKey.Create("admin", "admin", Scope.Admin, now);
        // The file first: a crash in between leaves a key that opens nothing, not a key that nobody knows.
        SecretFile.Write(_directory.AdminKey, Encoding.ASCII.GetBytes(secret + "\n"));
        await _database.WriteAsync(transaction =>
        {
            KeyStore.Add(transaction, key);
            AuditEvents.Add(transaction, new AuditEvent(AuditKinds.KeyCreated, "server", now) { Subject = key.Id, Detail = KeyChanges.Describe(key) });
            return true;
        });
        Reload();
        return _directory.AdminKey;
    }

    /// <summary>Who holds a key.</summary>
    /// <param name="secret">What was sent.</param>
    /// <param name="problem">Why nobody does.</param>
    /// <param name="key">The key that was sent, also if it is over.</param>
    /// <returns>The caller, or null.</returns>
    public Caller? Identify(string secret, out Problem? problem, out ApiKey? key)
    {
        Refresh();
        // Whoever could aim at the first bytes of a SHA-256 could not use it: the rest is compared in fixed time.
        var hash = ApiKeySecret.HashOf(secret);
        if (!Volatile.Read(ref _copy).Keys.TryGetValue(Start(hash), out var held) || !CryptographicOperations.FixedTimeEquals(hash, held.Key.Hash))
        {
            (problem, key) = (Problems.Unauthorized.Because("Send 'Authorization: Bearer <key>'."), null);
            return null;
        }

        key = held.Key;
        var now = _time.GetUtcNow();
        problem = Check(key, now);
        if (problem is not null)
        {
            return null;
        }

        held.Use.Touch(now);
        return held.Caller;
    }

    /// <summary>Why a key that opened something opens nothing any more; null if it still does.</summary>
    public Problem? Check(string id)
    {
        Refresh();
        return Volatile.Read(ref _copy).ById.TryGetValue(id, out var held) ? Check(held.Key, _time.GetUtcNow()) : Problems.Unauthorized.Because($"There is no key {id} any more.");
    }

    /// <summary>When this process last saw a key; null if it did not.</summary>
    public DateTimeOffset? UsedAt(string id) => Volatile.Read(ref _copy).ById.GetValueOrDefault(id)?.Use.UsedAt;

    /// <summary>The uses that are not stored, by the ids of keys.</summary>
    public List<KeyValuePair<string, KeyUse>> UnstoredUses() =>
        [.. Volatile.Read(ref _copy).ById.Where(pair => pair.Value.Use.IsUnstored).Select(pair => KeyValuePair.Create(pair.Key, pair.Value.Use))];

    /// <summary>Takes the table's state over if the copy is old. While one caller does, others go on with what there is.</summary>
    public void Refresh()
    {
        if (_time.GetElapsedTime(Volatile.Read(ref _copy).TakenAt) > OldestCopy && _gate.TryEnter())
        {
            try
            {
                Take();
            }
            finally
            {
                _gate.Exit();
            }
        }
    }

    /// <summary>Takes the table's state over at once, after it was changed here.</summary>
    public void Reload()
    {
        // Read within the lock: of two that are at once, the one that is applied last has read last.
        lock (_gate)
        {
            Take();
        }
    }

    private void Take()
    {
        var before = _copy.Keys;
        var copy = Read(before);
        Volatile.Write(ref _copy, copy);
        var now = _time.GetUtcNow();
        foreach (var held in before.Values)
        {
            // Whoever follows by it knows the end that it had when he came; a key that is rotated gets another.
            if (!copy.Keys.TryGetValue(Start(held.Key.Hash), out var still) || !still.Key.IsUsable(now))
            {
                held.Use.End();
            }
        }
    }

    private Copy Read(FrozenDictionary<ulong, Held> before)
    {
        var now = _time.GetTimestamp();
        var keys = _database.Read(KeyStore.All).ToFrozenDictionary(key => Start(key.Hash), key => HeldOf(key, before.GetValueOrDefault(Start(key.Hash))?.Use ?? new KeyUse()));
        return new Copy(keys, keys.Values.ToFrozenDictionary(held => held.Key.Id), now);
    }

    private static Held HeldOf(ApiKey key, KeyUse use) => new(
        key,
        new Caller(key.Name, key.Tenant, Scopes.Expand(key.Scopes)) { Key = key.Id, Limits = key.Limits, Until = key.ExpiresAt, Ended = use.Ended, Rate = use.Rate },
        use);

    private static Problem? Check(ApiKey key, DateTimeOffset now) => key.RevokedAt is not null ? Problems.KeyRevoked.Because($"{key.Id} was revoked at {key.RevokedAt:u}.")
        : key.ExpiresAt <= now ? Problems.KeyExpired.Because($"{key.Id} expired at {key.ExpiresAt:u}.")
        : null;

    private static ulong Start(byte[] hash) => BitConverter.ToUInt64(hash);

    private sealed record Held(ApiKey Key, Caller Caller, KeyUse Use);

    /// <summary>The table as it was at a moment.</summary>
    private sealed record Copy(FrozenDictionary<ulong, Held> Keys, FrozenDictionary<string, Held> ById, long TakenAt);
}
