using Ailee.Vcp.Client.Ledger;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Ledger;

namespace Ailee.Vcp.Server.Ledger;

/// <summary>A transaction to post: one account pays another.</summary>
/// <param name="Key">Names it for ever: it is posted once.</param>
/// <param name="Kind">One of <see cref="LedgerKinds"/>.</param>
/// <param name="Debit">Who pays.</param>
/// <param name="Credit">Who is paid.</param>
/// <param name="Amount">Unit: micro-credits. Above 0.</param>
internal sealed record LedgerDraft(string Key, string Kind, LedgerAccount Debit, LedgerAccount Credit, long Amount)
{
    public required DateTimeOffset At { get; init; }

    public required LedgerDetail Detail { get; init; }

    public TaskId? Task { get; init; }

    public NodeId? Node { get; init; }

    /// <summary>The postings: their amounts sum to zero by construction.</summary>
    public IReadOnlyList<(LedgerAccount Account, long Amount)> Postings => [(Debit, -Amount), (Credit, Amount)];
}
