using Ailee.Vcp.Core.Statements;

namespace Ailee.Vcp.Core.Tests.Statements;

/// <summary>Assertions on what a verifier says.</summary>
internal static class Verdict
{
    /// <summary>Every check that stands without evidence, in order.</summary>
    public static readonly string[] SelfChecks =
        ["well-formed", "trailing-bytes", "canonical", "structure", "kid", "signature", "execution-hash"];

    /// <summary>Every check there is, in order.</summary>
    public static readonly string[] AllChecks = [.. SelfChecks, "key", "module", "input", "output", "gas", "limits", "trace"];

    public static SignedStatement Valid(ReadOnlyMemory<byte> bytes, Evidence? evidence = null)
    {
        var report = StatementVerifier.Verify(bytes, evidence ?? Evidence.None);

        Assert.Null(report.FirstFailure);
        Assert.True(report.Valid);
        Assert.NotNull(report.Statement);
        return report.Statement;
    }

    /// <summary>The first check to fail is <paramref name="check"/>, and it says why.</summary>
    public static VerificationReport Fails(string check, ReadOnlyMemory<byte> bytes, Evidence? evidence = null)
    {
        var report = StatementVerifier.Verify(bytes, evidence ?? Evidence.None);

        Assert.False(report.Valid);
        Assert.Equal(check, report.FirstFailure?.Name);
        Assert.NotEmpty(report.FirstFailure!.Detail);
        return report;
    }
}
