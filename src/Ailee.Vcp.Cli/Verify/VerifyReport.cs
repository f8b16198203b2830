using System.Globalization;
using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Core.Statements;

namespace Ailee.Vcp.Cli.Verify;

/// <summary>What <c>verify --json</c> prints.</summary>
internal sealed record VerifyReport(bool Valid, IReadOnlyList<CheckReport> Checks, ClaimsReport? Claims)
{
    public static VerifyReport Create(IReadOnlyList<StatementCheck> checks, SignedStatement? statement) => new(
        checks.All(check => check.Ok),
        [.. checks.Select(check => new CheckReport(check.Name, check.Ok, check.Detail))],
        statement is null ? null : ClaimsReport.Create(statement));
}

/// <summary>One check.</summary>
internal sealed record CheckReport(string Name, bool Ok, string Detail);

/// <summary>What the statement says. Worth nothing unless the checks passed.</summary>
internal sealed record ClaimsReport(
    string Node,
    string PublicKey,
    string Task,
    string IssuedAt,
    string Module,
    string Entrypoint,
    string Outcome,
    long? ExitCode,
    long Instructions,
    long Gas,
    string Hash,
    string Profile,
    string ExecutionHash)
{
    public static ClaimsReport Create(SignedStatement statement)
    {
        var (header, payload, hash) = (statement.Header, statement.Payload, statement.Payload.Hash);
        return new ClaimsReport(
            header.KeyId.ToString(),
            header.Key.ToString(),
            payload.Task.ToString(),
            Time(header.IssuedAtSeconds),
            hash.Text(payload.Module),
            payload.Entrypoint,
            payload.Outcome.ToName(),
            payload.Outcome == Core.Execution.Outcome.Completed ? payload.ExitCode : null,
            payload.Instructions,
            payload.Gas,
            hash.Name,
            hash.Text(payload.Profile),
            hash.Text(payload.ExecutionHash));
    }

    // A forged statement may claim any number; only those that are dates are shown as dates.
    private static string Time(long seconds) => seconds is >= 0 and < 253402300800
        ? DateTimeOffset.FromUnixTimeSeconds(seconds).ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture)
        : seconds.ToString(CultureInfo.InvariantCulture);
}
