using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Ailee.Vcp.Core.Ledger;

/// <summary>Names an account: <c>submitter:&lt;name&gt;</c>, <c>node:&lt;id&gt;</c> or <c>treasury</c>.</summary>
public readonly record struct LedgerAccount
{
    /// <summary>Longest name of a submitter, in bytes of UTF-8.</summary>
    public const int MostNameBytes = 256;

    private const string SubmitterPrefix = "submitter:";
    private const string NodePrefix = "node:";

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly string _name;

    private LedgerAccount(string name) => _name = name;

    /// <summary>Where penalties go.</summary>
    public static LedgerAccount Treasury { get; } = new("treasury");

    /// <summary>The account that pays for what somebody submits.</summary>
    /// <exception cref="FormatException">The name is empty, too long or has control characters.</exception>
    public static LedgerAccount OfSubmitter(string name) =>
        TryParse(SubmitterPrefix + name, out var account) ? account : throw new FormatException($"A submitter is 1 to {MostNameBytes} bytes of UTF-8 without control characters.");

    /// <summary>The account of a node.</summary>
    public static LedgerAccount OfNode(NodeId node) => new(NodePrefix + node);

    /// <summary>Reads a name.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out LedgerAccount account)
    {
        account = new LedgerAccount(text ?? string.Empty);
        if (account == Treasury || account.Node is not null || (account._name.StartsWith(SubmitterPrefix, StringComparison.Ordinal) && IsName(account._name[SubmitterPrefix.Length..])))
        {
            return true;
        }

        account = default;
        return false;
    }

    /// <summary>Whose account it is, if it is a node's.</summary>
    public NodeId? Node => ToString().StartsWith(NodePrefix, StringComparison.Ordinal) && NodeId.TryParse(_name[NodePrefix.Length..], out var node) ? node : null;

    /// <inheritdoc/>
    public override string ToString() => _name ?? string.Empty;

    private static bool IsName(string name)
    {
        try
        {
            return name.Length is > 0 and <= MostNameBytes && !name.Any(char.IsControl) && Utf8.GetByteCount(name) <= MostNameBytes;
        }
        catch (EncoderFallbackException)
        {
            return false;
        }
    }
}
