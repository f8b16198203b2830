namespace Ailee.Vcp.Core.Ledger;

/// <summary>What a transaction of the ledger is for.</summary>
public static class LedgerKinds
{
    /// <summary>A submitter pays a node for a decided task.</summary>
    public const string Reward = "reward";

    /// <summary>A node pays the treasury for a fault.</summary>
    public const string Penalty = "penalty";

    /// <summary>A node pays a reward back, because an audit came to another result than it.</summary>
    public const string Reversal = "reversal";

    /// <summary>Every kind.</summary>
    public static IReadOnlyList<string> All { get; } = [Reward, Penalty, Reversal];
}
