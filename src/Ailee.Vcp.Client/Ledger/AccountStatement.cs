namespace Ailee.Vcp.Client.Ledger;

/// <summary>What happened to an account, in part.</summary>
/// <param name="Account">The account.</param>
/// <param name="Balance">What it has now. Unit: micro-credits.</param>
/// <param name="Items">Newest first.</param>
/// <param name="Next">What to pass as <c>after</c> for the following part; null at the end.</param>
public sealed record AccountStatement(string Account, long Balance, IReadOnlyList<StatementLine> Items, string? Next);

/// <summary>What a transaction did to an account.</summary>
/// <param name="Transaction">Number of the transaction.</param>
/// <param name="At">When.</param>
/// <param name="Kind"><c>reward</c> or <c>penalty</c>.</param>
/// <param name="Amount">What was added. Unit: micro-credits.</param>
/// <param name="Balance">What the account had then. Unit: micro-credits.</param>
/// <param name="Counterparty">The account on the other side.</param>
/// <param name="Task">The task that it is about; null if it is about none.</param>
/// <param name="Detail">How the amount came about.</param>
public sealed record StatementLine(long Transaction, DateTimeOffset At, string Kind, long Amount, long Balance, string Counterparty, string? Task, LedgerDetail Detail);

/// <summary>What a node earned and paid.</summary>
/// <param name="Node">The node.</param>
/// <param name="Account">Its account.</param>
/// <param name="Balance">What it has now. Unit: micro-credits.</param>
/// <param name="Totals">The same by kind; kinds that never occurred are not there.</param>
/// <param name="Items">Newest first.</param>
/// <param name="Next">What to pass as <c>after</c> for the following part; null at the end.</param>
public sealed record NodeRewards(string Node, string Account, long Balance, IReadOnlyList<AccountTotal> Totals, IReadOnlyList<StatementLine> Items, string? Next);

/// <summary>What an account got by transactions of a kind.</summary>
/// <param name="Kind"><c>reward</c> or <c>penalty</c>.</param>
/// <param name="Transactions">How many there were.</param>
/// <param name="Amount">Unit: micro-credits.</param>
public sealed record AccountTotal(string Kind, long Transactions, long Amount);
