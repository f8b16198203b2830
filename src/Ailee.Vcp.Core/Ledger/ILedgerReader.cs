namespace Ailee.Vcp.Core.Ledger;

/// <summary>A stored ledger as <see cref="LedgerCheck"/> reads it, all of it at one instant.</summary>
public interface ILedgerReader
{
    /// <summary>Transactions, by ascending id.</summary>
    IEnumerable<LedgerTransaction> Transactions();

    /// <summary>Postings, by ascending transaction.</summary>
    IEnumerable<LedgerPosting> Postings();

    /// <summary>Kept balances.</summary>
    IEnumerable<LedgerBalance> Balances();

    /// <summary>Kept totals.</summary>
    IEnumerable<LedgerTotal> Totals();

    /// <summary>Keys that more than one transaction has.</summary>
    IEnumerable<string> RepeatedKeys();

    /// <summary>Transactions that name a task which is not stored.</summary>
    IEnumerable<long> TransactionsOfUnknownTasks();

    /// <summary>Transactions that name a node which is not enrolled.</summary>
    IEnumerable<long> TransactionsOfUnknownNodes();

    /// <summary>Every enrolled node.</summary>
    IEnumerable<NodeId> Nodes();
}

/// <summary>What is checked of a transaction.</summary>
/// <param name="Id">Its number, from 1 and without gaps.</param>
/// <param name="Kind">One of <see cref="LedgerKinds"/>.</param>
/// <param name="AtMs">When, in milliseconds since 1970-01-01T00:00:00Z; not before the transaction before.</param>
public readonly record struct LedgerTransaction(long Id, string Kind, long AtMs);

/// <summary>A posting.</summary>
/// <param name="Transaction">Its transaction.</param>
/// <param name="Account">The account, as <see cref="LedgerAccount"/> spells it.</param>
/// <param name="Amount">What was added to it. Unit: micro-credits.</param>
/// <param name="Balance">What it had then. Unit: micro-credits.</param>
public readonly record struct LedgerPosting(long Transaction, string Account, long Amount, long Balance);

/// <summary>What an account has.</summary>
/// <param name="Account">The account.</param>
/// <param name="Amount">Unit: micro-credits.</param>
public readonly record struct LedgerBalance(string Account, long Amount);

/// <summary>What an account got by transactions of a kind.</summary>
/// <param name="Account">The account.</param>
/// <param name="Kind">The kind.</param>
/// <param name="Transactions">How many there were.</param>
/// <param name="Amount">Unit: micro-credits.</param>
public readonly record struct LedgerTotal(string Account, string Kind, long Transactions, long Amount);
