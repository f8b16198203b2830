using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Statements;
using Ailee.Vcp.Server.Storage;

namespace Ailee.Vcp.Server.Log;

/// <summary>Appends to the log. Its methods take the transaction that decides; call <see cref="LogIntegrator.Signal"/> after the commit.</summary>
internal sealed class StatementLog(LogKeys keys)
{
    /// <summary>Appends a node's statement.</summary>
    public static void Append(IWriteTransaction transaction, SignedStatement statement, DateTimeOffset now) =>
        LogStore.Append(transaction, statement.Id, StatementKind.Execution, now);

    /// <summary>Signs, stores and appends a statement of the orchestrator's own. Signing is deterministic, so a closure that runs again says the same.</summary>
    /// <returns>The statement's id.</returns>
    public Digest State(IWriteTransaction transaction, OrchestratorPayload payload, DateTimeOffset now)
    {
        var statement = OrchestratorStatement.Sign(keys.Orchestrator, payload, now.ToUnixTimeSeconds(), LogStore.NextCounter(transaction));
        LogStore.AddStatement(transaction, statement, now);
        var id = statement.Id;
        LogStore.Append(transaction, id, payload.Kind, now);
        return id;
    }
}
