using Ailee.Vcp.Core.Statements;
using Ailee.Vcp.Core.Tests.Cbor;
using Ailee.Vcp.Core.Tests.Log;

namespace Ailee.Vcp.Core.Tests.Statements;

public sealed class OrchestratorStatementTests
{
    private static readonly byte[][] Values =
    [
        RawCbor.Integer(0), RawCbor.Bytes([1]), RawCbor.Text("x"), RawCbor.Array(), RawCbor.EmptyMap,
        RawCbor.Tag(1, RawCbor.Integer(0)), RawCbor.False, RawCbor.Null,
    ];

    private static readonly string[] SelfChecks = ["well-formed", "trailing-bytes", "canonical", "structure", "kid", "signature"];

    public static TheoryData<int> Indices => [.. Enumerable.Range(0, SampleLog.Payloads.Count)];

    [Theory]
    [MemberData(nameof(Indices))]
    public void Verify_EachKind_PassesAndGivesThePayloadBack(int index)
    {
        var statement = SampleLog.Orchestrated[index];

        var report = StatementVerifier.Verify(statement.Bytes, Evidence.None);

        Assert.Null(report.FirstFailure);
        Assert.Null(report.Statement);
        Assert.Equal(SelfChecks, report.Checks.Select(check => check.Name));
        Assert.Equal(SampleLog.Payloads[index].Kind, report.Orchestrator!.Header.Kind);
        Assert.Equal("urn:vcp:orchestrator:" + SampleLog.Orchestrator.PublicKey.Id, report.Orchestrator.Header.Issuer);
        Assert.Equal(statement.Bytes.ToArray(), OrchestratorStatement.Sign(
            SampleLog.Orchestrator, report.Orchestrator.Payload, statement.Header.IssuedAtSeconds, statement.Header.Counter).Bytes.ToArray());
    }

    [Theory]
    [MemberData(nameof(Indices))]
    public void Sign_EachKind_IsWhatIsWrittenByHand(int index)
    {
        var payload = SampleLog.Payloads[index];

        var statement = OrchestratorStatement.Sign(SampleLog.Orchestrator, payload, 1_767_225_600, 1);

        Assert.Equal(OrchestratorParts.Of(payload).EncodePayload(), statement.Envelope.Payload.ToArray());
        Assert.Equal(OrchestratorParts.Of(payload).Sign(), statement.Bytes.ToArray());
        Assert.Equal(Digest.Of(statement.Bytes.Span), statement.Id);
    }

    [Theory]
    [MemberData(nameof(Indices))]
    public void Verify_OtherTypeUnderAnyKey_HasWrongStructure(int index)
    {
        var entries = OrchestratorParts.Of(SampleLog.Payloads[index]).Payload;
        for (var at = 0; at < entries.Count; at++)
        {
            foreach (var value in Values.Where(value => Type(value) != Type(entries[at].Value) && !IsNoDifference(index, at, value)))
            {
                Refused(index, parts => parts.Payload[at] = (parts.Payload[at].Key, value));
            }

            Fails(StatementChecks.Canonical, index, parts => parts.Payload[at] = (parts.Payload[at].Key, RawCbor.Double(1)));
            Fails(StatementChecks.Canonical, index, parts => parts.Payload.Insert(at, parts.Payload[at]));
            Refused(index, parts => parts.Payload.RemoveAt(at));
        }
    }

    [Theory]
    [MemberData(nameof(Indices))]
    public void Verify_PayloadOfAnotherVersionOrShape_HasWrongStructure(int index)
    {
        Refused(index, parts => parts.Payload[0] = (RawCbor.Integer(1), RawCbor.Integer(2)));
        Refused(index, parts => parts.Payload.Add((RawCbor.Integer(parts.Payload.Count + 1), RawCbor.Null)));
        Fails(StatementChecks.Canonical, index, parts => parts.Payload.Reverse());
        Verdict.Fails(StatementChecks.Canonical, OrchestratorParts.Of(SampleLog.Payloads[index]).Sign([0xbf, 0xff]));
        Verdict.Fails(StatementChecks.WellFormed, OrchestratorParts.Of(SampleLog.Payloads[index]).Sign([]));
    }

    [Fact]
    public void Verify_PayloadOfEveryOtherKind_HasWrongStructure()
    {
        foreach (var payload in SampleLog.Payloads)
        {
            foreach (var other in SampleLog.Payloads.Where(other => other.Kind != payload.Kind))
            {
                Verdict.Fails(StatementChecks.Structure, OrchestratorParts.Of(payload).Sign(OrchestratorParts.Of(other).EncodePayload()));
            }
        }
    }

    [Fact]
    public void Verify_OtherTypeInAnyVote_HasWrongStructure()
    {
        var certificate = SampleLog.Payloads.OfType<OrchestratorPayload.Certificate>().Single();
        ForEveryItem(certificate, 6, OrchestratorParts.VoteItems(certificate.Votes[0]), rest: OrchestratorParts.Vote(certificate.Votes[1]));
    }

    [Fact]
    public void Verify_OtherTypeInAnyClaim_HasWrongStructure()
    {
        var divergence = SampleLog.Payloads.OfType<OrchestratorPayload.Divergence>().First();
        ForEveryItem(divergence, 4, OrchestratorParts.ClaimItems(divergence.Claims[0]), rest: OrchestratorParts.Claim(divergence.Claims[1]));
    }

    [Theory]
    [InlineData(4, 0)] // quorum
    [InlineData(4, 3)] // more than votes
    [InlineData(5, 1)] // replicas below the quorum
    [InlineData(5, 4)] // the quorum is only half
    [InlineData(5, 17)]
    public void Verify_CertificateThatDecidesNothing_HasWrongStructure(int key, int value) =>
        RefusedCertificate(parts => Set(parts, key, RawCbor.Integer(value)));

    [Fact]
    public void Verify_VotesTwiceOrOfOneOwnerOrOutOfOrder_HaveWrongStructure()
    {
        var votes = SampleLog.Payloads.OfType<OrchestratorPayload.Certificate>().Single().Votes;
        OrchestratorPayload.Vote[][] refused =
        [
            [], [votes[0]], [votes[0], votes[0]], [votes[1], votes[0]], [votes[0], votes[1] with { Owner = votes[0].Owner }],
            [.. Enumerable.Range(0, 17).Select(index => votes[0] with { Node = new NodeId(new Digest([(byte)index, .. new byte[31]])), Owner = $"owner {index}" })],
            [votes[0], votes[1] with { Owner = new string('o', 129) }],
        ];
        Assert.All(refused, changed => RefusedCertificate(parts => Set(parts, 6, RawCbor.Array([.. changed.Select(OrchestratorParts.Vote)]))));
    }

    [Theory]
    [InlineData(3, 4)] // outcome
    [InlineData(3, -1)]
    [InlineData(4, -2)] // exit code
    [InlineData(4, 4_294_967_296)]
    [InlineData(6, -1)] // instructions
    public void Verify_ClaimOutOfRange_HasWrongStructure(int at, long value)
    {
        var divergence = SampleLog.Payloads.OfType<OrchestratorPayload.Divergence>().First();
        var items = OrchestratorParts.ClaimItems(divergence.Claims[0]);
        items[at] = RawCbor.Integer(value);
        var parts = OrchestratorParts.Of(divergence);
        Set(parts, 4, RawCbor.Array(RawCbor.Array([.. items])));

        Verdict.Fails(StatementChecks.Structure, parts.Sign());
    }

    // Whoever may issue a kind is named by it: a node cannot sign a certificate with an issuer of its own sort.
    [Fact]
    public void Verify_IssuerOfANode_IsNotTheKid()
    {
        var payload = SampleLog.Payloads[0];
        var header = StatementHeader.Create(payload.Kind, SampleLog.Orchestrator.PublicKey, payload.Subject, 1, 1) with
        {
            Issuer = "urn:vcp:node:" + SampleLog.Orchestrator.PublicKey.Id,
        };
        var bytes = Core.Cose.CoseSign1.Sign(SampleLog.Orchestrator, header.Encode(), OrchestratorParts.Of(payload).EncodePayload()).Encode();

        Verdict.Fails(StatementChecks.KeyId, bytes);
    }

    [Theory]
    [MemberData(nameof(Indices))]
    public void Verify_AnyBitFlippedOrBytesCut_Fails(int index)
    {
        var bytes = SampleLog.Orchestrated[index].Bytes.ToArray();
        for (var bit = 0; bit < bytes.Length * 8; bit++)
        {
            var flipped = (byte[])bytes.Clone();
            flipped[bit >> 3] ^= (byte)(1 << (bit & 7));
            Assert.False(StatementVerifier.Verify(flipped, Evidence.None).Valid, $"bit {bit}");
        }

        for (var length = 0; length < bytes.Length; length++)
        {
            Verdict.Fails(StatementChecks.WellFormed, bytes.AsMemory(0, length));
        }
    }

    private static void ForEveryItem(OrchestratorPayload payload, int key, List<byte[]> items, byte[] rest)
    {
        for (var at = 0; at < items.Count; at++)
        {
            foreach (var value in Values.Where(value => Type(value) != Type(items[at]) && !(value == RawCbor.Null && items.Count == 8 && at == 2)))
            {
                List<byte[]> changed = [.. items];
                changed[at] = value;
                var parts = OrchestratorParts.Of(payload);
                Set(parts, key, RawCbor.Array(RawCbor.Array([.. changed]), rest));
                Verdict.Fails(StatementChecks.Structure, parts.Sign());
            }
        }
    }

    // A divergence may have no difference.
    private static bool IsNoDifference(int index, int at, byte[] value) =>
        SampleLog.Payloads[index].Kind == StatementKind.Divergence && at == 4 && value == RawCbor.Null;

    private static void Set(OrchestratorParts parts, int key, byte[] value) => parts.Payload[key - 1] = (RawCbor.Integer(key), value);

    private static void RefusedCertificate(Action<OrchestratorParts> change) =>
        Refused(SampleLog.Payloads.Select(payload => payload.Kind).ToList().IndexOf(StatementKind.Certificate), change);

    private static void Refused(int index, Action<OrchestratorParts> change) => Fails(StatementChecks.Structure, index, change);

    private static void Fails(string check, int index, Action<OrchestratorParts> change)
    {
        var parts = OrchestratorParts.Of(SampleLog.Payloads[index]);
        change(parts);
        Verdict.Fails(check, parts.Sign());
    }

    // Signed and unsigned integers are one type to this format; false and null are two.
    private static int Type(byte[] value) => value[0] >> 5 == 7 ? value[0] : Math.Max(value[0] >> 5, 1);
}
