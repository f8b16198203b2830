using Ailee.Vcp.Core.Cose;
using Ailee.Vcp.Core.Nodes;
using Ailee.Vcp.Core.Statements;
using Ailee.Vcp.Core.Tests.Cbor;
using Ailee.Vcp.Core.Tests.Log;

namespace Ailee.Vcp.Core.Tests.Nodes;

public sealed class NodeProofTests
{
    private static readonly byte[] Challenge = [.. Enumerable.Range(0, NodeProof.MaxChallengeBytes).Select(value => (byte)value)];

    private static readonly NodeId Node = SampleLog.Key.PublicKey.Id;

    private static readonly Digest Token = Digest.Of("vcpj_token"u8);

    [Fact]
    public void ForEnrolment_Bytes_AreWhatIsWrittenByHand() => Assert.Equal(
        RawCbor.Array(RawCbor.Text("vcp-node-enrolment-v1"), RawCbor.Text("log.example"), RawCbor.Bytes(Node.Thumbprint.ToArray()), RawCbor.Bytes(Challenge), RawCbor.Bytes(Token.ToArray())),
        NodeProof.ForEnrolment("log.example", Node, Challenge, Token));

    [Fact]
    public void ForSession_Bytes_AreWhatIsWrittenByHand() => Assert.Equal(
        RawCbor.Array(RawCbor.Text("vcp-node-session-v1"), RawCbor.Text("log.example"), RawCbor.Bytes(Node.Thumbprint.ToArray()), RawCbor.Bytes(Challenge)),
        NodeProof.ForSession("log.example", Node, Challenge));

    [Fact]
    public void Proofs_OfAnyOtherInput_AreOtherBytes()
    {
        byte[][] all =
        [
            NodeProof.ForEnrolment("a", Node, Challenge, Token),
            NodeProof.ForEnrolment("b", Node, Challenge, Token),
            NodeProof.ForEnrolment("a", SampleLog.OtherKey.PublicKey.Id, Challenge, Token),
            NodeProof.ForEnrolment("a", Node, Challenge.AsMemory(1), Token),
            NodeProof.ForEnrolment("a", Node, Challenge, Digest.Of("other"u8)),
            NodeProof.ForSession("a", Node, Challenge),
            NodeProof.ForSession("b", Node, Challenge),
            NodeProof.ForSession("a", SampleLog.OtherKey.PublicKey.Id, Challenge),
            NodeProof.ForSession("a", Node, Challenge.AsMemory(1)),
        ];

        Assert.Equal(all.Length, all.Select(Convert.ToHexString).Distinct().Count());
    }

    // A node that signs a proof must not thereby sign a statement, nor the other way round: what is signed for a statement begins otherwise.
    [Fact]
    public void Proofs_BesideWhatIsSignedForAStatement_BeginOtherwise()
    {
        var statement = CoseSign1.Sign(SampleLog.Key, new byte[] { 0xa0 }, new byte[] { 0xa0 }).ToBeSigned();

        Assert.NotEqual(statement.AsSpan(0, 12).ToArray(), NodeProof.ForSession("a", Node, Challenge).AsSpan(0, 12).ToArray());
        Assert.False(StatementVerifier.Verify(NodeProof.ForSession("a", Node, Challenge), Evidence.None).Valid);
        Assert.False(StatementVerifier.Verify(NodeProof.ForEnrolment("a", Node, Challenge, Token), Evidence.None).Valid);
    }
}
