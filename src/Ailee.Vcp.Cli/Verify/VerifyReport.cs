using Ailee.Vcp.Core.Statements;

namespace Ailee.Vcp.Cli.Verify;

/// <summary>What <c>verify --json</c> prints of one file.</summary>
/// <param name="Valid">Whether every check passed.</param>
/// <param name="Checks">The checks made.</param>
/// <param name="Claims">What a statement about an execution says.</param>
/// <param name="Statement">What an orchestrator's statement says.</param>
/// <param name="Enrolled">As what the node was enrolled, if that was shown.</param>
/// <param name="Log">Where logs hold it.</param>
/// <param name="NotChecked">What a reader may take for checked that was not.</param>
internal sealed record VerifyReport(
    bool Valid,
    IReadOnlyList<CheckReport> Checks,
    ClaimsReport? Claims,
    OrchestratorReport? Statement,
    EnrolledReport? Enrolled,
    IReadOnlyList<PositionReport> Log,
    IReadOnlyList<string> NotChecked)
{
    public static VerifyReport Create(IReadOnlyList<StatementCheck> checks, VerificationReport report, Evidence evidence, bool logKeyIsExported) => new(
        checks.All(check => check.Ok),
        [.. checks.Select(check => new CheckReport(check.Name, check.Ok, check.Detail))],
        report.Statement is { } statement ? ClaimsReport.Create(statement) : null,
        report.Orchestrator is { } orchestrator ? OrchestratorReport.Create(orchestrator) : null,
        EnrolledReport.Create(evidence.Enrolment, checks),
        [.. report.Receipts.Select(receipt => new PositionReport(receipt.Origin, receipt.Proof.Index, receipt.Proof.Size))],
        [.. Unchecked.Of(report, evidence, logKeyIsExported)]);
}

/// <summary>What <c>verify --json</c> prints of several files.</summary>
internal sealed record VerifyReports(bool Valid, int ValidCount, IReadOnlyList<FileReport> Files)
{
    public static VerifyReports Create(IReadOnlyList<string> paths, IReadOnlyList<VerifyReport> reports) => new(
        reports.All(report => report.Valid),
        reports.Count(report => report.Valid),
        [.. paths.Zip(reports, (path, report) => new FileReport(path, report))]);
}

/// <summary>One of several files.</summary>
internal sealed record FileReport(string File, VerifyReport Report);

/// <summary>One check.</summary>
internal sealed record CheckReport(string Name, bool Ok, string Detail);

/// <summary>Where a log holds a statement: its position, counted from 0, when the log had so many entries.</summary>
internal sealed record PositionReport(string Origin, long Index, long Size);

/// <summary>As what a node was enrolled.</summary>
internal sealed record EnrolledReport(string Name, string Owner)
{
    public static EnrolledReport? Create(ReadOnlyMemory<byte>? enrolment, IReadOnlyList<StatementCheck> checks) =>
        checks.Any(check => check is { Name: StatementChecks.Enrolment, Ok: true }) && TransparentStatement.TryDecode(enrolment!.Value, out _) is { } file
            && OrchestratorStatement.TryDecode(file.Statement, out _)?.Payload is OrchestratorPayload.Enrolment payload
            ? new EnrolledReport(payload.Name, payload.Owner)
            : null;
}
