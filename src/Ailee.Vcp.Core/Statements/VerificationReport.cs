namespace Ailee.Vcp.Core.Statements;

/// <summary>What a verifier found. Checks that could not be made, because an earlier one failed or nothing was given to check against, are absent.</summary>
/// <param name="Checks">The checks made, in order.</param>
/// <param name="Statement">The decoded statement, or null if it could not be decoded.</param>
public sealed record VerificationReport(IReadOnlyList<StatementCheck> Checks, SignedStatement? Statement)
{
    /// <summary>True if every check passed.</summary>
    public bool Valid => Checks.All(check => check.Ok);

    /// <summary>The first check that failed, or null.</summary>
    public StatementCheck? FirstFailure => Checks.FirstOrDefault(check => !check.Ok);
}
