using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Ailee.Vcp.Client.Mesh;
using Ailee.Vcp.Core;
using Ailee.Vcp.Server.Clocks;
using Ailee.Vcp.Server.Http;
using Ailee.Vcp.Server.Log;
using Ailee.Vcp.Server.Storage;
using Ailee.Vcp.Server.Telemetry;
using Microsoft.Extensions.Options;

namespace Ailee.Vcp.Server.Nodes;

/// <summary>Starts sessions of nodes. A node has one: a new one ends the one before.</summary>
internal sealed class NodeSessionService(
    IDatabase database,
    NodeChallenges challenges,
    NodeRegistry registry,
    NodeSessions sessions,
    PresentedCheckpoints presented,
    PublishedLog published,
    SessionStarts starts,
    NodeMetrics metrics,
    IOptions<NodeOptions> options,
    ServerClock clock)
{
    /// <summary>Start of every token.</summary>
    public const string TokenPrefix = "vcpn_";

    /// <summary>Event of a session that ended another one that was alive.</summary>
    public const string DuplicateAgent = "duplicate-agent";

    // Two agents with one key end each other's sessions without end.
    private static readonly TimeSpan DuplicateEvery = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<NodeId, DateTimeOffset> _duplicates = new();

    /// <summary>Starts a session. Not safe to repeat with the same challenge: a node that lost the answer asks for another.</summary>
    public async Task<(SessionView? Session, Problem? Problem)> StartAsync(LiveNode node, SessionRequest request)
    {
        var proof = challenges.CheckSession(node.Row.PublicKey, request.Challenge, request.Signature, out var number);
        var problem = NodeFields.Check(request.Capabilities) ?? proof;
        problem ??= node.IsBuiltIn ? Problems.NodeBuiltIn.Because("It is within the server and has no sessions.") : null;
        if (problem is null && request.Checkpoint is { } seen)
        {
            problem = await presented.CheckAsync(Encoding.UTF8.GetBytes(seen));
        }

        if (problem is not null)
        {
            return (null, problem);
        }

        var (now, uptime) = clock.Now;
        var token = TokenPrefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        var session = new NodeSession(node.Id, number + 1, JoinTokens.HashOf(token), now + TimeSpan.FromMinutes(options.Value.SessionMinutes));
        (problem, var isDuplicate) = await database.WriteAsync(transaction => Start(transaction, session, request.Capabilities, now));
        if (problem is not null)
        {
            return (null, problem);
        }

        if (isDuplicate && IsNews(node.Id, now))
        {
            _duplicates[node.Id] = now;
        }

        sessions.Set(session);
        registry.Update(node.Id, live => live with { Capabilities = request.Capabilities, SeenAt = now, HeardAt = uptime });
        starts.Begin(node.Id);
        metrics.SessionStarted(isDuplicate);
        return (View(token, session, now), null);
    }

    private (Problem? Problem, bool IsDuplicate) Start(IWriteTransaction transaction, NodeSession session, NodeCapabilities capabilities, DateTimeOffset now)
    {
        var isDuplicate = IsAlive(registry.Find(session.Node)!, NodeSessionStore.Find(transaction, session.Node)!, now);
        var node = NodeStore.Find(transaction, session.Node)!;
        if (!NodeSessionStore.TryStart(transaction, session, capabilities, now))
        {
            return node.Standing == NodeStandings.Removed
                ? (Problems.NodeRemoved.Because("The operator removed it, for good."), false)
                : (Problems.ChallengeExpired.Because("It was used, or another session was started since; ask for another challenge."), false);
        }

        if (isDuplicate && IsNews(session.Node, now))
        {
            NodeEventStore.Add(transaction, session.Node, new NodeEvent(DuplicateAgent, now, 0, node.Reputation.DecayTo(now).Value)
            {
                Detail = "A session was started while another was in use: a second agent has the key, or the agent was started again.",
            });
        }

        return (null, isDuplicate);
    }

    private bool IsNews(NodeId node, DateTimeOffset now) => !_duplicates.TryGetValue(node, out var last) || now - last >= DuplicateEvery;

    // In the last tenth of its time an agent renews its session of itself.
    private bool IsAlive(LiveNode node, NodeSession before, DateTimeOffset now) =>
        before.Token is not null && before.ExpiresAt - now > TimeSpan.FromMinutes(options.Value.SessionMinutes) / 10 && clock.Uptime - node.HeardAt <= node.StaleAfter;

    private SessionView View(string token, NodeSession session, DateTimeOffset now) => new(
        token,
        session.ExpiresAt,
        now,
        options.Value.HeartbeatMs,
        (int)options.Value.EffectiveLeaseTtl.TotalMilliseconds,
        Encoding.UTF8.GetString(published.Tree.Note));
}
