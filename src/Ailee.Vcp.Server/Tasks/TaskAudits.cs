using System.Security.Cryptography;
using Ailee.Vcp.Client.Tasks;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Cose;
using Ailee.Vcp.Core.Nodes;
using Ailee.Vcp.Core.Statements;
using Ailee.Vcp.Server.Leases;
using Ailee.Vcp.Server.Log;
using Ailee.Vcp.Server.Nodes;
using Ailee.Vcp.Server.Proofs;
using Ailee.Vcp.Server.Storage;
using Ailee.Vcp.Server.Votes;
using Microsoft.Extensions.Options;

namespace Ailee.Vcp.Server.Tasks;

/// <summary>
/// Runs decided tasks again on the built-in node, which the operator trusts, and holds what one node alone decided against that. The
/// decision stays; what the audit found is kept beside it.
/// </summary>
internal sealed class TaskAudits(SigningKey builtIn, StatementLog log, TaskScores scores, IOptions<TaskOptions> options)
{
    private const int Resolution = 1 << 30;

    /// <summary>Draws whether a result that one node decided is audited. It is committed with the result, so the node cannot know before.</summary>
    /// <returns>Whether it is.</returns>
    public bool Draw(IWriteTransaction transaction, TaskPolicy policy, SignedStatement statement, DateTimeOffset now)
    {
        var node = statement.Header.KeyId;
        if (node == builtIn.PublicKey.Id)
        {
            return false;
        }

        var draw = RandomNumberGenerator.GetInt32(Resolution) / (double)Resolution;
        var audited = policy.Assurance == AssuranceModes.Adaptive
            ? AdaptiveTrust.ShouldAudit(NodeStore.FindConfirmed(transaction, node), draw)
            : draw < options.Value.AuditRate;
        if (audited)
        {
            AuditStore.Add(transaction, statement.Payload.Task, node, now);
        }

        return audited;
    }

    /// <summary>Holds the auditor's statement against the one that decided.</summary>
    public TaskConsequence Complete(IWriteTransaction transaction, TaskDecision decision)
    {
        var (task, statement, now) = (decision.Task, decision.Statement, decision.Received);
        if (ProofStore.FindByNode(transaction, task, statement.Header.KeyId) == statement.Id)
        {
            return new TaskConsequence(task);
        }

        if (StatementIntake.CheckCounter(transaction, statement) is { } failure)
        {
            return new TaskConsequence(task) { Refusal = failure };
        }

        if (!AttemptStore.TryAccept(transaction, decision.Lease, null, decision.Cost, now) || AuditStore.FindNode(transaction, task) is not { } audited)
        {
            return new TaskConsequence(task) { Refusal = IntakeCodes.LeaseEnded };
        }

        StatementIntake.UseCounter(transaction, statement);
        var decided = SignedStatement.TryDecode(ProofStore.FindStatement(transaction, ProofStore.FindByNode(transaction, task, audited)!.Value)!, out _)!;
        var agrees = decided.PayloadDigest == statement.PayloadDigest;
        AuditStore.End(transaction, task, agrees, statement.Id, now);
        ProofStore.Add(transaction, statement, now);
        StatementLog.Append(transaction, statement, now);
        if (!agrees)
        {
            log.State(transaction, Report(transaction, decided, statement), now);
            // Nothing that the node decided alone and that nobody looked at is trusted any more.
            AuditStore.AddUnaudited(transaction, audited, now);
        }

        return new TaskConsequence(task) { Logged = true, AuditsDue = !agrees, Reputation = [scores.Audited(transaction, audited, task, agrees, now)] };
    }

    /// <summary>An audit came to nothing and is due again, a few times.</summary>
    public static TaskConsequence Ended(IWriteTransaction transaction, TaskId task)
    {
        const int MostTries = 5;
        if (AttemptStore.CountOfPurpose(transaction, task, AttemptPurposes.Audit) >= MostTries)
        {
            AuditStore.GiveUp(transaction, task);
            return new TaskConsequence(task);
        }

        return new TaskConsequence(task) { AuditsDue = true };
    }

    private static OrchestratorPayload.Divergence Report(IReadTransaction transaction, SignedStatement decided, SignedStatement audit) =>
        new(decided.Payload.Task, decided.Payload.Hash, [Claim(transaction, decided), Claim(transaction, audit)], null);

    private static OrchestratorPayload.Claim Claim(IReadTransaction transaction, SignedStatement statement)
    {
        var (node, payload) = (statement.Header.KeyId, statement.Payload);
        var owner = NodeStore.FindOwner(transaction, node)?.ToString() ?? "";
        return new OrchestratorPayload.Claim(node, owner, statement.Id, payload.Outcome, payload.ExitCode, payload.Output, payload.Instructions, payload.TraceRoot);
    }
}
