using Ailee.Vcp.Core.Statements;

namespace Ailee.Vcp.Cli.Verify;

/// <summary>What was not checked of a proof although a reader may take it for checked.</summary>
internal static class Unchecked
{
    public static IEnumerable<string> Of(VerificationReport report, Evidence evidence, bool logKeyIsExported)
    {
        if (report.File is { Receipts.Count: 0 } && evidence.LogKey is null)
        {
            yield return "whether a log holds it: there is no receipt";
        }
        else if (evidence.LogKey is null)
        {
            yield return "the log's signature, and so the position in the log: give --log-key and --checkpoint";
        }
        else
        {
            if (logKeyIsExported)
            {
                yield return "whose the log's key is: it came with the files; give --log-key from elsewhere";
            }

            // A receipt signs a root; the same path can fit several sizes and positions, which only the checkpoint tells apart.
            if (evidence.Checkpoint is null)
            {
                yield return "the position in the log: give --checkpoint";
            }
        }

        if (report.Statement is not null && evidence.Enrolment is null)
        {
            yield return "whether the node was enrolled: give --enrolment";
        }

        // A statement that was outvoted stands by itself as well as any other.
        if (report.Statement is not null && evidence.Certificate is null)
        {
            yield return "whether others who ran it, if any did, came to the same: give --certificate";
        }

        // Only what an orchestrator signed raises the question.
        var isSigned = report.Orchestrator is not null || evidence.Enrolment is not null || evidence.Certificate is not null;
        if (isSigned && evidence.Genesis is null && evidence.OrchestratorKey is null)
        {
            yield return "whose the orchestrator's key is: give --genesis or --orchestrator-key";
        }
    }
}
