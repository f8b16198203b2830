namespace Ailee.Vcp.Core.Statements;

/// <summary>Evidence about an execution says nothing of an orchestrator's statement: whoever gives it expects another file, so it is not passed over.</summary>
internal static class ForeignEvidenceChecks
{
    public static void Run(StatementKind kind, Evidence evidence, List<StatementCheck> checks)
    {
        (string Check, bool Given)[] parts =
        [
            (StatementChecks.Module, evidence.Module is not null),
            (StatementChecks.Input, evidence.Invocation is not null || evidence.Stdin is not null || evidence.BundleManifest is not null),
            (StatementChecks.Output, evidence.Output is not null || evidence.Stdout is not null || evidence.Stderr is not null || evidence.Files is not null),
            (StatementChecks.Trace, evidence.TraceHashes is not null || evidence.TraceLeaves is not null),
            (StatementChecks.Enrolment, evidence.Enrolment is not null),
            (StatementChecks.Certificate, evidence.Certificate is not null),
        ];
        foreach (var (check, _) in parts.Where(part => part.Given))
        {
            checks.Add(new StatementCheck(check, false, $"This is a statement of kind {kind.Name}, not about an execution: it cannot be checked against it."));
        }
    }
}
