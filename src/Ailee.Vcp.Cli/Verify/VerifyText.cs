namespace Ailee.Vcp.Cli.Verify;

/// <summary>Prints what <c>verify</c> found.</summary>
internal static class VerifyText
{
    public static void Show(VerifyReport report, bool json, CliConsole console)
    {
        if (json)
        {
            console.Print(CliJson.Write(report));
            return;
        }

        foreach (var check in report.Checks)
        {
            console.Print($"{Mark(check.Ok)} {check.Name,-15} {Shown(check.Detail)}");
        }

        if (report.Valid)
        {
            console.Print(string.Empty);
            ShowClaims(report, console);
            foreach (var missing in report.NotChecked)
            {
                console.Print($"Not checked: {missing}.");
            }
        }

        console.Print(report.Valid ? "VALID" : "NOT VALID");
    }

    public static void Show(VerifyReports reports, bool json, CliConsole console)
    {
        if (json)
        {
            console.Print(CliJson.Write(reports));
            return;
        }

        foreach (var (file, report) in reports.Files)
        {
            console.Print($"{Mark(report.Valid)} {file}: {Line(report)}");
        }

        foreach (var missing in reports.Files.Where(file => file.Report.Valid).SelectMany(file => file.Report.NotChecked).Distinct())
        {
            console.Print($"Not checked: {missing}.");
        }

        console.Print($"{reports.ValidCount} of {reports.Files.Count} valid");
        console.Print(reports.Valid ? "VALID" : "NOT VALID");
    }

    private static void ShowClaims(VerifyReport report, CliConsole console)
    {
        if (report.Claims is { } claims)
        {
            console.Print($"Node {claims.Node} says that on {claims.IssuedAt} it ran {Shown(claims.Entrypoint)} of");
            console.Print($"module {claims.Module} for task {claims.Task}:");
            console.Print($"{claims.Outcome}{(claims.ExitCode is { } code ? $" with exit code {code}" : string.Empty)}, {claims.Instructions} instructions, {claims.Gas} gas.");
        }

        if (report.Statement is { } statement)
        {
            console.Print($"Orchestrator {statement.Orchestrator} says on {statement.IssuedAt}:");
            console.Print($"{Shown(statement.Says)}.");
        }

        if (report.Enrolled is { } enrolled)
        {
            console.Print($"The node is {Shown(enrolled.Name)} of {Shown(enrolled.Owner)}.");
        }

        foreach (var position in report.Log)
        {
            console.Print($"It is entry {position.Index} of the log {Shown(position.Origin)}, which had {position.Size} entries.");
        }
    }

    private static string Line(VerifyReport report)
    {
        if (report.Checks.FirstOrDefault(check => !check.Ok) is { } failure)
        {
            return Shown($"{failure.Name}: {failure.Detail}");
        }

        var what = report.Claims is { } claims
            ? $"{claims.Outcome}, task {claims.Task}, node {claims.Node}{(report.Enrolled is { } enrolled ? $" of {enrolled.Owner}" : string.Empty)}"
            : $"{report.Statement!.Kind} by {report.Statement.Orchestrator}";
        return Shown(report.Log is [var position, ..] ? $"{what}, entry {position.Index} of {position.Size}" : what);
    }

    private static string Mark(bool ok) => ok ? "ok    " : "FAILED";

    // Names in statements are anybody's: they must not begin a line that looks like ours.
    private static string Shown(string text) => string.Concat(text.Select(character => char.IsControl(character) ? '?' : character));
}
