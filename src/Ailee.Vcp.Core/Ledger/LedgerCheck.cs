namespace Ailee.Vcp.Core.Ledger;

/// <summary>Derives every sum of a ledger from its postings, and compares. The rules and their order: docs/design/ledger.md.</summary>
public static class LedgerCheck
{
    /// <summary>What is wrong, a sentence each, found as it is asked for. Empty for a ledger that is whole.</summary>
    public static IEnumerable<string> Faults(ILedgerReader reader)
    {
        var sums = new Dictionary<string, Int128>(StringComparer.Ordinal);
        var totals = new Dictionary<(string Account, string Kind), (long Transactions, Int128 Amount)>();
        return EntryFaults(reader, sums, totals)
            .Concat(reader.RepeatedKeys().Select(key => $"key {key}: more than one transaction has it"))
            .Concat(reader.TransactionsOfUnknownTasks().Select(id => $"transaction {id}: it names a task that is not stored"))
            .Concat(reader.TransactionsOfUnknownNodes().Select(id => $"transaction {id}: it names a node that is not enrolled"))
            .Concat(BalanceFaults(reader, sums))
            .Concat(TotalFaults(reader, totals));
    }

    private static IEnumerable<string> EntryFaults(ILedgerReader reader, Dictionary<string, Int128> sums, Dictionary<(string Account, string Kind), (long Transactions, Int128 Amount)> totals)
    {
        using var postings = reader.Postings().GetEnumerator();
        var more = postings.MoveNext();
        var (expected, lastMs) = (1L, long.MinValue);
        foreach (var transaction in reader.Transactions())
        {
            if (transaction.Id != expected)
            {
                yield return $"transaction {expected}: is missing";
            }

            if (transaction.AtMs < lastMs)
            {
                yield return $"transaction {transaction.Id}: is dated before the one before it";
            }

            if (!LedgerKinds.All.Contains(transaction.Kind))
            {
                yield return $"transaction {transaction.Id}: there is no kind '{transaction.Kind}'";
            }

            (expected, lastMs) = (transaction.Id + 1, transaction.AtMs);
            var (sum, count) = ((Int128)0, 0);
            for (; more && postings.Current.Transaction <= transaction.Id; more = postings.MoveNext())
            {
                var posting = postings.Current;
                if (posting.Transaction < transaction.Id)
                {
                    yield return Stray(posting);
                    continue;
                }

                (sum, count) = (sum + posting.Amount, count + 1);
                if (Add(posting, transaction.Kind, sums, totals) is { } fault)
                {
                    yield return fault;
                }
            }

            if (sum != 0 || count < 2)
            {
                yield return count < 2 ? $"transaction {transaction.Id}: has {count} postings" : $"transaction {transaction.Id}: its postings sum to {sum}, not to 0";
            }
        }

        for (; more; more = postings.MoveNext())
        {
            yield return Stray(postings.Current);
        }
    }

    private static string? Add(LedgerPosting posting, string kind, Dictionary<string, Int128> sums, Dictionary<(string Account, string Kind), (long Transactions, Int128 Amount)> totals)
    {
        var sum = sums.GetValueOrDefault(posting.Account) + posting.Amount;
        sums[posting.Account] = sum;
        var total = totals.GetValueOrDefault((posting.Account, kind));
        totals[(posting.Account, kind)] = (total.Transactions + 1, total.Amount + posting.Amount);
        return sum == posting.Balance ? null : $"transaction {posting.Transaction}: the balance of {posting.Account} is {posting.Balance} after it, the postings sum to {sum}";
    }

    private static IEnumerable<string> BalanceFaults(ILedgerReader reader, Dictionary<string, Int128> sums)
    {
        var nodes = reader.Nodes().ToHashSet();
        var (all, kept) = ((Int128)0, new HashSet<string>(StringComparer.Ordinal));
        foreach (var (account, amount) in reader.Balances())
        {
            all += amount;
            kept.Add(account);
            if (sums.GetValueOrDefault(account) is var sum && sum != amount)
            {
                yield return $"account {account}: {amount} is kept as its balance, its postings sum to {sum}";
            }

            if (!LedgerAccount.TryParse(account, out var parsed) || (parsed.Node is { } node && !nodes.Contains(node)))
            {
                yield return $"account {account}: is not that of a submitter, an enrolled node or the treasury";
            }
        }

        foreach (var account in sums.Keys.Where(account => !kept.Contains(account)))
        {
            yield return $"account {account}: no balance is kept, its postings sum to {sums[account]}";
        }

        if (all != 0)
        {
            yield return $"balances: they sum to {all}, not to 0";
        }
    }

    private static IEnumerable<string> TotalFaults(ILedgerReader reader, Dictionary<(string Account, string Kind), (long Transactions, Int128 Amount)> totals)
    {
        foreach (var (account, kind, transactions, amount) in reader.Totals())
        {
            totals.Remove((account, kind), out var total);
            if (total != (transactions, (Int128)amount))
            {
                yield return $"total {kind} of {account}: {amount} in {transactions} transactions is kept, the postings give {total.Amount} in {total.Transactions}";
            }
        }

        foreach (var ((account, kind), total) in totals)
        {
            yield return $"total {kind} of {account}: none is kept, the postings give {total.Amount} in {total.Transactions}";
        }
    }

    private static string Stray(LedgerPosting posting) => $"transaction {posting.Transaction}: is missing, but {posting.Account} has a posting of it";
}
