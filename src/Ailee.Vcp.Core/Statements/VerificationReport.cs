using Ailee.Vcp.Core.Log;

namespace Ailee.Vcp.Core.Statements;

/// <summary>What a verifier found. Checks that could not be made, because an earlier one failed or nothing was given to check against, are absent.</summary>
/// <param name="Checks">The checks made, in order.</param>
/// <param name="Statement">The statement about an execution, or null if the bytes are none.</param>
public sealed record VerificationReport(IReadOnlyList<StatementCheck> Checks, SignedStatement? Statement)
{
    /// <summary>The orchestrator's statement, or null if the bytes are none.</summary>
    public OrchestratorStatement? Orchestrator { get; init; }

    /// <summary>The statement and its receipts, or null if the bytes could not be decoded.</summary>
    public TransparentStatement? File { get; init; }

    /// <summary>The receipts whose path fits: those by the expected log's key if one was given, else all.</summary>
    public IReadOnlyList<Receipt> Receipts { get; init; } = [];

    /// <summary>True if every check passed.</summary>
    public bool Valid => Checks.All(check => check.Ok);

    /// <summary>The first check that failed, or null.</summary>
    public StatementCheck? FirstFailure => Checks.FirstOrDefault(check => !check.Ok);
}
