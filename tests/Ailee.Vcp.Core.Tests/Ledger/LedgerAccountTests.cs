using Ailee.Vcp.Core.Ledger;

namespace Ailee.Vcp.Core.Tests.Ledger;

public sealed class LedgerAccountTests
{
    private static readonly NodeId Node = new(Digest.Of("node"u8));

    [Fact]
    public void TryParse_EveryKind_RoundTrips()
    {
        foreach (var account in (LedgerAccount[])[LedgerAccount.Treasury, LedgerAccount.OfNode(Node), LedgerAccount.OfSubmitter("admin"), LedgerAccount.OfSubmitter("a:b/ç")])
        {
            Assert.True(LedgerAccount.TryParse(account.ToString(), out var parsed));
            Assert.Equal(account, parsed);
        }

        Assert.Equal(("treasury", $"node:{Node}", "submitter:admin"), (LedgerAccount.Treasury.ToString(), LedgerAccount.OfNode(Node).ToString(), LedgerAccount.OfSubmitter("admin").ToString()));
    }

    [Fact]
    public void Node_OfAnAccount_OnlyANodesHasOne()
    {
        Assert.Equal(Node, LedgerAccount.OfNode(Node).Node);
        Assert.Null(LedgerAccount.Treasury.Node);
        Assert.Null(LedgerAccount.OfSubmitter($"node:{Node}").Node);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("Treasury")]
    [InlineData("treasury ")]
    [InlineData("node:")]
    [InlineData("node:abc")]
    [InlineData("submitter:")]
    [InlineData("submitter:a\nb")]
    [InlineData("Submitter:a")]
    [InlineData("somebody")]
    public void TryParse_AnythingElse_Refused(string? text) => Assert.False(LedgerAccount.TryParse(text, out _));

    // Attributes are stored as UTF-8, which cannot say this.
    [Fact]
    public void TryParse_HalfACharacter_Refused() => Assert.False(LedgerAccount.TryParse("submitter:" + (char)0xd800, out _));

    [Theory]
    [InlineData(256, true)]
    [InlineData(257, false)]
    public void TryParse_LongName_UpTo256Bytes(int length, bool expected)
    {
        Assert.Equal(expected, LedgerAccount.TryParse("submitter:" + new string('a', length), out _));
        Assert.Equal(expected, LedgerAccount.TryParse("submitter:" + new string('é', length / 2) + new string('a', length % 2), out _));
    }

    [Fact]
    public void OfSubmitter_NoName_FormatException() => Assert.Throws<FormatException>(() => LedgerAccount.OfSubmitter(""));
}
