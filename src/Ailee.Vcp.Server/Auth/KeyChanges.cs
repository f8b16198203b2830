using Ailee.Vcp.Client.Keys;
using Ailee.Vcp.Server.Http;
using Ailee.Vcp.Server.Storage;

namespace Ailee.Vcp.Server.Auth;

/// <summary>Makes, replaces and revokes keys, each with its line of the audit trail in one transaction. What is answered holds in this process at once.</summary>
internal sealed class KeyChanges(IDatabase database, ApiKeys keys, TimeProvider time)
{
    /// <summary>Makes a key. The view is the only thing that has its secret.</summary>
    public async Task<(KeyView? Key, Problem? Problem)> CreateAsync(Actor actor, KeyRequest request)
    {
        var now = time.GetUtcNow();
        if (KeyFields.TryRead(request, now, out var wanted) is { } problem)
        {
            return (null, problem);
        }

        var (made, secret) = ApiKey.Create(request.Name, wanted.Tenant, wanted.Scopes, now);
        var stored = await database.WriteAsync(transaction =>
        {
            KeyStore.Add(transaction, made with { ExpiresAt = wanted.ExpiresAt, Limits = wanted.Limits });
            // As it is stored: times are whole milliseconds.
            var key = KeyStore.Find(transaction, made.Id)!;
            actor.Record(transaction, AuditKinds.KeyCreated, key.Id, Describe(key), now);
            return key;
        });
        keys.Reload();
        return (KeyViews.Create(stored, null) with { Secret = secret }, null);
    }

    /// <summary>Makes a key with the tenant, scopes, limits and length of life of another, which ends with the grace.</summary>
    public async Task<(KeyView? Key, Problem? Problem)> RotateAsync(Actor actor, string id, TimeSpan grace)
    {
        var (template, secret) = ApiKey.Create(string.Empty, string.Empty, Scope.None, time.GetUtcNow());
        var (stored, problem) = await database.WriteAsync(transaction => Rotate(transaction, actor, id, template, grace));
        if (stored is null)
        {
            return (null, problem);
        }

        keys.Reload();
        return (KeyViews.Create(stored, null) with { Secret = secret }, null);
    }

    /// <summary>Revokes a key. Done twice, the second time does nothing and answers the same.</summary>
    public async Task<(KeyView? Key, Problem? Problem)> RevokeAsync(Actor actor, string id)
    {
        var (stored, problem) = await database.WriteAsync(transaction => Revoke(transaction, actor, id));
        if (stored is null)
        {
            return (null, problem);
        }

        keys.Reload();
        return (KeyViews.Create(stored, keys.UsedAt(id)), null);
    }

    /// <summary>A key in the audit trail.</summary>
    public static string Describe(ApiKey key) =>
        $"{key.Name}: {string.Join(", ", Scopes.Format(key.Scopes))} of {key.Tenant}{(key.ExpiresAt is { } expires ? $" until {expires:u}" : "")}";

    /// <summary>The answer for an id that is no key's.</summary>
    public static Problem NotFound(string id) => Problems.KeyNotFound.Because(ApiKeySecret.IsId(id) ? $"There is no key {id}." : "A key's id is 'key_' and 16 hexadecimal digits.");

    private (ApiKey? Key, Problem? Problem) Rotate(IWriteTransaction transaction, Actor actor, string id, ApiKey template, TimeSpan grace)
    {
        var now = time.GetUtcNow();
        if (KeyStore.Find(transaction, id) is not { } old)
        {
            return (null, NotFound(id));
        }

        if (old.Successor is { } successor)
        {
            return (null, Problems.KeyOver.Because($"{successor} took its place already; rotate that one."));
        }

        if (!old.IsUsable(now))
        {
            return (null, Problems.KeyOver.Because("It is revoked or expired; make another."));
        }

        // The answer with the new secret may get lost.
        if (grace == TimeSpan.Zero && IsLastAdmin(transaction, old, now))
        {
            return (null, Problems.KeyLastAdmin.Because("Give it a grace (graceSeconds), so that it goes on until the new one was tried."));
        }

        var fresh = template with { Name = old.Name, Tenant = old.Tenant, Scopes = old.Scopes, Limits = old.Limits, ExpiresAt = After(template.CreatedAt, old.ExpiresAt - old.CreatedAt) };
        KeyStore.Add(transaction, fresh);
        KeyStore.Succeed(transaction, id, fresh.Id, now + grace);
        if (grace == TimeSpan.Zero)
        {
            KeyStore.Revoke(transaction, id, now);
        }

        actor.Record(transaction, AuditKinds.KeyRotated, id, $"{Describe(fresh)}, now {fresh.Id}; the old one ends {now + grace:u}", now);
        return (KeyStore.Find(transaction, fresh.Id), null);
    }

    private (ApiKey? Key, Problem? Problem) Revoke(IWriteTransaction transaction, Actor actor, string id)
    {
        var now = time.GetUtcNow();
        if (KeyStore.Find(transaction, id) is not { } key)
        {
            return (null, NotFound(id));
        }

        if (key.RevokedAt is not null)
        {
            return (key, null);
        }

        if (IsLastAdmin(transaction, key, now))
        {
            return (null, Problems.KeyLastAdmin.Because("Make another key with the scope admin first."));
        }

        KeyStore.Revoke(transaction, id, now);
        actor.Record(transaction, AuditKinds.KeyRevoked, id, Describe(key), now);
        return (KeyStore.Find(transaction, id), null);
    }

    // As long a life from now on may reach beyond the last day that there is.
    private static DateTimeOffset? After(DateTimeOffset now, TimeSpan? life) => life > DateTimeOffset.MaxValue - now ? DateTimeOffset.MaxValue : now + life;

    // One that another took the place of is about to end.
    private static bool IsLastAdmin(IReadTransaction transaction, ApiKey key, DateTimeOffset now)
    {
        bool Administers(ApiKey other) => other.Scopes.HasFlag(Scope.Admin) && other.Successor is null && other.IsUsable(now);
        return Administers(key) && !KeyStore.All(transaction).Any(other => other.Id != key.Id && Administers(other));
    }
}
