using Ailee.Vcp.Client.Mesh;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Cose;
using Ailee.Vcp.Core.Nodes;
using Ailee.Vcp.Core.Statements;
using Ailee.Vcp.Server.Http;
using Ailee.Vcp.Server.Log;
using Ailee.Vcp.Server.Storage;

namespace Ailee.Vcp.Server.Nodes;

/// <summary>Enrols nodes that come with a token: the row, the used token and the logged statement, in one transaction.</summary>
internal sealed class NodeJoining(
    IDatabase database,
    NodeChallenges challenges,
    NodeRegistry registry,
    StatementLog log,
    LogIntegrator integrator,
    NodeMetrics metrics,
    TimeProvider time)
{
    /// <summary>Enrols a node. Safe to repeat: a key that was enrolled with this very token is answered as it was the first time.</summary>
    /// <returns>The node and whether it is new, or why not.</returns>
    public async Task<(LiveNode? Node, bool IsNew, Problem? Problem)> EnrolAsync(EnrolmentRequest request)
    {
        if (!PublicKey.TryParse(request.PublicKey, out var key))
        {
            return (null, false, Problems.NodeInvalid.Because("publicKey must be an Ed25519 key, 32 bytes in base64url."));
        }

        var hash = JoinTokens.HashOf(request.Token);
        var problem = NodeFields.CheckName(request.Name)
            ?? NodeFields.Check(request.Capabilities)
            ?? challenges.CheckEnrolment(key, request.Challenge, request.Signature, hash)
            // Strangers with keys of their own get no further than to a look.
            ?? database.Read(transaction => Look(transaction, key.Id, hash, time.GetUtcNow()).Problem);
        if (problem is not null)
        {
            return (null, false, problem);
        }

        var (stored, isNew, refusal) = await database.WriteAsync(transaction => Enrol(transaction, key, hash, request));
        if (stored is null)
        {
            return (null, false, refusal);
        }

        var node = registry.Add(stored);
        if (isNew)
        {
            metrics.Enrolled();
            integrator.Signal();
        }

        return (node, isNew, null);
    }

    private (StoredNode? Node, bool IsNew, Problem? Problem) Enrol(IWriteTransaction transaction, PublicKey key, Digest hash, EnrolmentRequest request)
    {
        var now = time.GetUtcNow();
        var (token, problem) = Look(transaction, key.Id, hash, now);
        if (problem is not null)
        {
            return (null, false, problem);
        }

        if (token!.Node is not null)
        {
            return (NodeStore.Find(transaction, key.Id), false, null);
        }

        var row = new NodeRow(key.Id, key, token.Name ?? request.Name ?? key.Id.ToString()[..8], token.Owner, now);
        var stored = new StoredNode(row, NodeReputation.Start(now)) { Capabilities = request.Capabilities };
        NodeStore.TryEnrol(transaction, stored);
        JoinTokenStore.Use(transaction, hash, key.Id);
        log.State(transaction, new OrchestratorPayload.Enrolment(key, row.Owner, row.Name), now);
        // As it is stored: the row's times are whole milliseconds.
        return (NodeStore.Find(transaction, key.Id), true, null);
    }

    private static (JoinToken? Token, Problem? Problem) Look(IReadTransaction transaction, NodeId node, Digest hash, DateTimeOffset now)
    {
        var token = JoinTokenStore.Find(transaction, hash);
        return token?.Node == node ? (token, null)
            : token is null || token.Node is not null || token.ExpiresAt <= now
                ? (null, Problems.JoinTokenInvalid.Because("It is unknown, used or expired; ask the operator for another."))
            : NodeStore.FindOwner(transaction, node) is not null ? (null, Problems.NodeEnrolled.Because("The key is enrolled already, so it needs no token; the token is not used up."))
            : (token, null);
    }
}
