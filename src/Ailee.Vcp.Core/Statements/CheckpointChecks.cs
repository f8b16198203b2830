using Ailee.Vcp.Core.Log;

namespace Ailee.Vcp.Core.Statements;

/// <summary>The check of a checkpoint against the receipts of a statement.</summary>
internal static class CheckpointChecks
{
    public static void Run(VerificationReport report, Evidence evidence, List<StatementCheck> checks)
    {
        if (evidence.Checkpoint is not { } bytes)
        {
            return;
        }

        var (checkpoint, problem) = Read(bytes, evidence.LogKey);
        problem ??= ProblemOf(report, checkpoint!);
        checks.Add(new StatementCheck(
            StatementChecks.Checkpoint,
            problem is null,
            problem ?? $"The log of {checkpoint!.Size} entries has the root of the receipt."));
    }

    /// <summary>The checkpoint if the log's key signed it, else why not.</summary>
    public static (Checkpoint? Checkpoint, string? Problem) Read(ReadOnlyMemory<byte> bytes, NoteKey? logKey)
    {
        if (logKey is null)
        {
            return (null, "A checkpoint can be checked only together with the log's key.");
        }

        if (SignedNote.TryParse(bytes.Span) is not { } note || Checkpoint.TryParse(note.Text) is not { } checkpoint)
        {
            return (null, "The bytes are no checkpoint.");
        }

        return !logKey.Verifies(note) ? (null, "The checkpoint is not signed by the log's key.")
            : checkpoint.Origin != logKey.Name ? (null, $"The checkpoint is of {checkpoint.Origin}, not of {logKey.Name}.")
            : (checkpoint, null);
    }

    private static string? ProblemOf(VerificationReport report, Checkpoint checkpoint)
    {
        if (report.Receipts.Count == 0)
        {
            return "There is no receipt by this log that the checkpoint could be compared with.";
        }

        var id = Digest.Of(report.File!.Statement.Span);
        var same = report.Receipts.Where(receipt => receipt.Proof.Size == checkpoint.Size).ToList();
        return same.Count == 0
            ? $"The checkpoint is of {checkpoint.Size} entries, the receipt of {report.Receipts[0].Proof.Size}: to compare them takes a consistency proof, or a receipt of that size."
            : same.Exists(receipt => receipt.RootFor(id) != checkpoint.Root) ? $"The receipt and the checkpoint have different roots for {checkpoint.Size} entries: the receipt is of another size than it says, or the log has forked."
            : null;
    }
}
