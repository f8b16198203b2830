using Ailee.Vcp.Core.Execution;

namespace Ailee.Vcp.Core.Statements;

/// <summary>The check of the execution hash: the first that needs the payload's own hash, so it also says where that cannot be had.</summary>
internal static class ExecutionHashCheck
{
    public static StatementCheck Of(StatementPayload payload)
    {
        var problem = !payload.Hash.IsSupported ? payload.Hash.Unsupported
            : payload.ExecutionHash != ExecutionHash.Compute(payload) ? "It is not the hash of the payload's members."
            : null;
        return new StatementCheck(StatementChecks.ExecutionHash, problem is null, problem ?? "Recomputed from the payload.");
    }
}
