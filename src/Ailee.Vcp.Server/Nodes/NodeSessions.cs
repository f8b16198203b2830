using System.Collections.Concurrent;
using System.Security.Cryptography;
using Ailee.Vcp.Core;
using Ailee.Vcp.Server.Storage;

namespace Ailee.Vcp.Server.Nodes;

/// <summary>The sessions of nodes in memory, a cache of their rows. Thread-safe.</summary>
internal sealed class NodeSessions
{
    private readonly Lock _gate = new();
    private readonly ConcurrentDictionary<Digest, NodeSession> _byToken = new();
    private readonly Dictionary<NodeId, NodeSession> _byNode = [];
    private readonly TimeProvider _time;

    public NodeSessions(IDatabase database, TimeProvider time)
    {
        _time = time;
        foreach (var session in database.Read(NodeSessionStore.List))
        {
            Set(session);
        }
    }

    /// <summary>Whose session a token is; null if it is nobody's, or over.</summary>
    public NodeId? Identify(string token)
    {
        // Looked up by its hash, which nobody can steer towards that of a token that he does not know.
        var hash = JoinTokens.HashOf(token);
        return _byToken.TryGetValue(hash, out var session)
            && CryptographicOperations.FixedTimeEquals(hash.ToArray(), session.Token!.Value.ToArray())
            && _time.GetUtcNow() < session.ExpiresAt
                ? session.Node
                : null;
    }

    /// <summary>Takes over what was committed; something older than what is known changes nothing.</summary>
    public void Set(NodeSession session)
    {
        lock (_gate)
        {
            if (_byNode.TryGetValue(session.Node, out var known))
            {
                if (known.Number >= session.Number)
                {
                    return;
                }

                if (known.Token is { } old)
                {
                    _byToken.TryRemove(old, out _);
                }
            }

            _byNode[session.Node] = session;
            if (session.Token is { } token)
            {
                _byToken[token] = session;
            }
        }
    }
}
