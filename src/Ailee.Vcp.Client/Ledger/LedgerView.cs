namespace Ailee.Vcp.Client.Ledger;

/// <summary>The ledger's numbers, and a part of its transactions.</summary>
/// <param name="Accounts">How many accounts there are.</param>
/// <param name="Transactions">How many transactions there are.</param>
/// <param name="Sum">Sum of all balances: 0. Unit: micro-credits.</param>
/// <param name="Paid">What nodes were paid for tasks, less what they had to pay back. Unit: micro-credits.</param>
/// <param name="Penalties">What nodes paid for faults. Unit: micro-credits.</param>
/// <param name="Items">Transactions, newest first.</param>
/// <param name="Next">What to pass as <c>after</c> for the following part; null at the end.</param>
public sealed record LedgerView(long Accounts, long Transactions, long Sum, long Paid, long Penalties, IReadOnlyList<LedgerTransactionView> Items, string? Next);

/// <summary>A transaction. Nothing of it ever changes.</summary>
/// <param name="Id">Its number, from 1 and without gaps.</param>
/// <param name="Key">What it was posted under, once.</param>
/// <param name="Kind"><c>reward</c>, <c>penalty</c> or <c>reversal</c>.</param>
/// <param name="At">When.</param>
/// <param name="Task">The task that it is about; null if it is about none.</param>
/// <param name="Node">The node.</param>
/// <param name="Detail">How the amount came about.</param>
/// <param name="Postings">What it added to which account. They sum to 0.</param>
public sealed record LedgerTransactionView(
    long Id,
    string Key,
    string Kind,
    DateTimeOffset At,
    string? Task,
    string? Node,
    LedgerDetail Detail,
    IReadOnlyList<LedgerPostingView> Postings);

/// <summary>What a transaction added to an account.</summary>
/// <param name="Account">The account.</param>
/// <param name="Amount">Unit: micro-credits.</param>
public sealed record LedgerPostingView(string Account, long Amount);

/// <summary>An account.</summary>
/// <param name="Account"><c>submitter:&lt;name&gt;</c>, <c>node:&lt;id&gt;</c> or <c>treasury</c>.</param>
/// <param name="Balance">Negative for who paid more than came in. Unit: micro-credits.</param>
public sealed record AccountView(string Account, long Balance);
