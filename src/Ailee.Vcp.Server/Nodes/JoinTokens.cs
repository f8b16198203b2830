using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Ailee.Vcp.Client.Nodes;
using Ailee.Vcp.Core;
using Ailee.Vcp.Server.Auth;
using Ailee.Vcp.Server.Clocks;
using Ailee.Vcp.Server.Http;
using Ailee.Vcp.Server.Storage;

namespace Ailee.Vcp.Server.Nodes;

/// <summary>One-time tokens that enrol nodes: 32 random bytes, stored as their SHA-256.</summary>
internal sealed class JoinTokens(IDatabase database, ServerClock clock, TimeProvider time)
{
    private const string Prefix = "vcpj_";
    private const int DefaultSeconds = 3600;
    private const int LeastSeconds = 60;
    private const int MostSeconds = 30 * 24 * 3600;

    /// <summary>Makes a token.</summary>
    public async Task<(JoinTokenView? Token, Problem? Problem)> CreateAsync(JoinTokenRequest request, Actor actor)
    {
        var problem = NodeFields.CheckOwner(request.Owner)
            ?? NodeFields.CheckName(request.Name)
            ?? (request.ExpiresInSeconds is < LeastSeconds or > MostSeconds ? Problems.NodeInvalid.Because($"expiresInSeconds must be between {LeastSeconds} and {MostSeconds}.") : null);
        if (problem is not null)
        {
            return (null, problem);
        }

        var token = Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        var now = time.GetUtcNow();
        var expires = now + TimeSpan.FromSeconds(request.ExpiresInSeconds ?? DefaultSeconds);
        await database.WriteAsync(transaction =>
        {
            if (clock.TrustedUtc is { } trusted)
            {
                JoinTokenStore.DeleteUnused(transaction, trusted);
            }

            JoinTokenStore.Add(transaction, HashOf(token), request.Owner, request.Name, now, expires);
            actor.Record(transaction, AuditKinds.NodeToken, request.Owner, $"{request.Name ?? "any name"}, until {expires:u}", now);
            return true;
        });
        return (new JoinTokenView(token, request.Owner, request.Name, expires), null);
    }

    /// <summary>What is stored of a token, and what is signed of it.</summary>
    public static Digest HashOf(string token) => Digest.Of(Encoding.UTF8.GetBytes(token));
}

/// <summary>A token as it is stored.</summary>
internal sealed record JoinToken(string Owner, string? Name, DateTimeOffset ExpiresAt, NodeId? Node);

/// <summary>The SQL of tokens.</summary>
internal static class JoinTokenStore
{
    public static void Add(IWriteTransaction transaction, Digest hash, string owner, string? name, DateTimeOffset now, DateTimeOffset expiresAt) => transaction.Execute(
        "INSERT INTO join_tokens (hash, owner, name, created_ms, expires_ms) VALUES ($hash, $owner, $name, $now, $expires)",
        ("$hash", hash.ToArray()),
        ("$owner", owner),
        ("$name", name),
        ("$now", now.ToUnixTimeMilliseconds()),
        ("$expires", expiresAt.ToUnixTimeMilliseconds()));

    /// <summary>Forgets tokens that nobody used and nobody can use any more.</summary>
    public static void DeleteUnused(IWriteTransaction transaction, DateTimeOffset now) =>
        transaction.Execute("DELETE FROM join_tokens WHERE node IS NULL AND expires_ms < $now", ("$now", now.ToUnixTimeMilliseconds()));

    public static JoinToken? Find(IReadTransaction transaction, Digest hash) => transaction.QueryFirst(
        "SELECT owner, name, expires_ms, node FROM join_tokens WHERE hash = $hash",
        row => new JoinToken(row.Text(0), row.NullableText(1), row.Time(2), row.IsNull(3) ? null : row.NodeId(3)),
        ("$hash", hash.ToArray()));

    /// <summary>Uses a token up.</summary>
    public static void Use(IWriteTransaction transaction, Digest hash, NodeId node) => transaction.Execute(
        "UPDATE join_tokens SET node = $node WHERE hash = $hash AND node IS NULL",
        ("$hash", hash.ToArray()),
        ("$node", node.Thumbprint.ToArray()));
}
