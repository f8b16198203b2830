using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;
using Ailee.Vcp.Node.Keys;
using Ailee.Vcp.Server.Http;
using Ailee.Vcp.Server.Storage;

namespace Ailee.Vcp.Server.Auth;

/// <summary>Knows who holds a key. What is in memory is a copy of the table, taken again when it is some seconds old: keys are changed by others too. Thread-safe.</summary>
internal sealed class ApiKeys
{
    private static readonly TimeSpan OldestCopy = TimeSpan.FromSeconds(2);

    private readonly IDatabase _database;
    private readonly DataDirectory _directory;
    private readonly TimeProvider _time;
    private Copy _copy;

    public ApiKeys(IDatabase database, DataDirectory directory, TimeProvider time)
    {
        (_database, _directory, _time) = (database, directory, time);
        _copy = Read();
    }

    /// <summary>Makes the first key and writes it into its file, unless there is a key. Returns the file if it was made now.</summary>
    public async Task<string?> EnsureAdminKeyAsync()
    {
        if (_copy.Keys.Count > 0)
        {
            return null;
        }

        var (key, secret) = ApiKey.Create("admin", "admin", Scope.Admin, _time.GetUtcNow());
        // The file first: a crash in between leaves a key that opens nothing, not a key that nobody knows.
        SecretFile.Write(_directory.AdminKey, Encoding.ASCII.GetBytes(secret + "\n"));
        await _database.WriteAsync(transaction => KeyStore.Add(transaction, key));
        Reload();
        return _directory.AdminKey;
    }

    /// <summary>Who holds a key.</summary>
    /// <param name="secret">What was sent.</param>
    /// <param name="problem">Why nobody does.</param>
    /// <returns>The caller, or null.</returns>
    public Caller? Identify(string secret, out Problem? problem)
    {
        var copy = Volatile.Read(ref _copy);
        if (_time.GetElapsedTime(copy.TakenAt) > OldestCopy)
        {
            copy = Reload();
        }

        // Whoever could aim at the first bytes of a SHA-256 could not use it: the rest is compared in fixed time.
        var hash = ApiKey.HashOf(secret);
        if (!copy.Keys.TryGetValue(Start(hash), out var held) || !CryptographicOperations.FixedTimeEquals(hash, held.Key.Hash))
        {
            problem = Problems.Unauthorized.Because("Send 'Authorization: Bearer <key>'.");
            return null;
        }

        problem = held.Key.RevokedAt is not null ? Problems.KeyRevoked.Because($"{held.Key.Id} was revoked at {held.Key.RevokedAt:u}.")
            : held.Key.ExpiresAt <= _time.GetUtcNow() ? Problems.KeyExpired.Because($"{held.Key.Id} expired at {held.Key.ExpiresAt:u}.")
            : null;
        return problem is null ? held.Caller : null;
    }

    /// <summary>Takes the table's state over at once, after it was changed here.</summary>
    public Copy Reload()
    {
        var copy = Read();
        Volatile.Write(ref _copy, copy);
        return copy;
    }

    private Copy Read()
    {
        var now = _time.GetTimestamp();
        return new Copy(_database.Read(KeyStore.All).ToFrozenDictionary(key => Start(key.Hash), key => (key, CallerOf(key))), now);
    }

    private static Caller CallerOf(ApiKey key) => new(key.Name, key.Tenant, Scopes.Expand(key.Scopes)) { Key = key.Id, Limits = key.Limits };

    private static ulong Start(byte[] hash) => BitConverter.ToUInt64(hash);

    /// <summary>The table as it was at a moment.</summary>
    internal sealed record Copy(FrozenDictionary<ulong, (ApiKey Key, Caller Caller)> Keys, long TakenAt);
}
