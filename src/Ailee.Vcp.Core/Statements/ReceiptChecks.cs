using Ailee.Vcp.Core.Log;

namespace Ailee.Vcp.Core.Statements;

/// <summary>The checks of the receipts that a statement carries.</summary>
internal static class ReceiptChecks
{
    /// <summary>Gives the receipts whose path fits.</summary>
    public static List<Receipt> Run(TransparentStatement file, string subject, Evidence evidence, List<StatementCheck> checks)
    {
        if (file.Receipts.Count == 0)
        {
            if (evidence.LogKey is not null)
            {
                checks.Add(new StatementCheck(StatementChecks.Receipt, false, "There is no receipt: nothing shows that the log holds this statement."));
            }

            return [];
        }

        var receipts = new List<Receipt>(file.Receipts.Count);
        foreach (var bytes in file.Receipts)
        {
            var receipt = Receipt.TryDecode(bytes, out var fault);
            var problem = fault?.Detail ?? (receipt!.Subject != subject ? "A receipt is about another subject." : null);
            if (problem is not null)
            {
                checks.Add(new StatementCheck(StatementChecks.Receipt, false, problem));
                return [];
            }

            receipts.Add(receipt!);
        }

        checks.Add(new StatementCheck(StatementChecks.Receipt, true, $"{receipts.Count} in the header, in the shape of RFC 9942."));
        return CheckPaths(file, receipts, evidence.LogKey, checks);
    }

    private static List<Receipt> CheckPaths(TransparentStatement file, List<Receipt> receipts, NoteKey? logKey, List<StatementCheck> checks)
    {
        var id = Digest.Of(file.Statement.Span);
        // Several logs may hold a statement; the key tells whose word is asked for.
        var asked = logKey is null ? receipts : receipts.FindAll(receipt => receipt.KeyId == logKey.Key.Id.Thumbprint);
        if (logKey is not null)
        {
            var problem = asked.Count == 0 ? "No receipt is by the expected log's key."
                : asked.Exists(receipt => receipt.Origin != logKey.Name) ? $"A receipt by that key names another log than {logKey.Name}."
                : null;
            checks.Add(new StatementCheck(StatementChecks.ReceiptKey, problem is null, problem ?? $"By the log {logKey.Name}."));
        }

        foreach (var receipt in asked)
        {
            var root = receipt.RootFor(id);
            checks.Add(new StatementCheck(
                StatementChecks.ReceiptPath,
                root is not null,
                root is null ? "Index, size and path do not fit together." : $"Entry {receipt.Proof.Index} of a log of {receipt.Proof.Size}: root {root}."));
            if (root is { } signed && logKey is not null)
            {
                var ok = receipt.IsSignedBy(logKey.Key, signed);
                checks.Add(new StatementCheck(
                    StatementChecks.ReceiptSignature,
                    ok,
                    ok ? "Ed25519, by the log over this root." : "The log did not sign the root that the path leads to."));
            }
        }

        var fitting = asked.FindAll(receipt => receipt.RootFor(id) is not null);
        if (fitting.GroupBy(receipt => (receipt.KeyId, receipt.Origin, receipt.Proof.Size)).Any(same => same.Select(receipt => receipt.RootFor(id)).Distinct().Count() > 1))
        {
            checks.Add(new StatementCheck(StatementChecks.ReceiptPath, false, "Two receipts of a log have different roots for one size: one of them is of another size than it says, or the log has forked."));
        }

        return fitting;
    }
}
