using System.Globalization;
using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Core.Statements;

namespace Ailee.Vcp.Cli.Verify;

/// <summary>What a statement about an execution says. Worth nothing unless the checks passed.</summary>
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

    /// <summary>A time in words. A forged statement may claim any number; only those that are dates are shown as dates.</summary>
    public static string Time(long seconds) => seconds is >= 0 and < 253402300800
        ? DateTimeOffset.FromUnixTimeSeconds(seconds).ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture)
        : seconds.ToString(CultureInfo.InvariantCulture);
}
