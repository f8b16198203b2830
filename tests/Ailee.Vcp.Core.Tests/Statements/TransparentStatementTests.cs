using Ailee.Vcp.Core.Log;
using Ailee.Vcp.Core.Merkle;
using Ailee.Vcp.Core.Statements;
using Ailee.Vcp.Core.Tests.Cbor;
using Ailee.Vcp.Core.Tests.Log;

namespace Ailee.Vcp.Core.Tests.Statements;

public sealed class TransparentStatementTests
{
    private static readonly string[] ReceiptChecks = ["receipt", "receipt-key", "receipt-path", "receipt-signature"];

    public static TheoryData<int> Indices => [.. Enumerable.Range(0, SampleLog.Statements.Count)];

    [Theory]
    [MemberData(nameof(Indices))]
    public void Verify_StatementOfEachKindWithItsReceipt_PassesEveryCheck(int index)
    {
        var bytes = SampleLog.File(index, SampleLog.Size);

        var report = StatementVerifier.Verify(bytes, SampleLog.Evidence);

        Assert.Null(report.FirstFailure);
        Assert.Equal(ReceiptChecks, report.Checks.Select(check => check.Name).TakeLast(4));
        Assert.Equal(SampleLog.Statements[index], report.File!.Statement.ToArray());
        Assert.Equal(bytes, report.File.Encode());
        Assert.Equal(SampleLog.Entries[index], report.Statement?.Id ?? report.Orchestrator!.Id);
    }

    [Fact]
    public void Verify_WithoutLogKey_ChecksShapeAndPathOnly()
    {
        var report = StatementVerifier.Verify(SampleLog.File(5, 300), Evidence.None);

        Assert.True(report.Valid);
        Assert.Equal(["receipt", "receipt-path"], report.Checks.Select(check => check.Name).TakeLast(2));
    }

    [Fact]
    public void Verify_NoReceiptWhereOneIsAskedFor_Fails() => Fails("receipt", SampleLog.Statements[5]);

    [Fact]
    public void Verify_ReceiptOfAnotherLog_Fails()
    {
        var foreign = SampleLog.Receipt(5, 300, SampleLog.OtherKey, "urn:vcp:log:" + SampleLog.OtherKey.PublicKey.Id);

        Fails("receipt-key", SampleLog.File(5, foreign.Bytes));
        Assert.True(StatementVerifier.Verify(SampleLog.File(5, foreign.Bytes, SampleLog.Receipt(5, 300).Bytes), SampleLog.Evidence).Valid);
    }

    [Fact]
    public void Verify_ReceiptByTheKeyUnderAnotherOrigin_Fails() =>
        Fails("receipt-key", SampleLog.File(5, SampleLog.Receipt(5, 300, origin: "urn:vcp:log:other").Bytes));

    [Fact]
    public void Verify_ReceiptByAnotherKeyThatClaimsTheLogs_Fails()
    {
        var honest = SampleLog.Receipt(5, 300);
        var stolen = SampleLog.Receipt(5, 300, SampleLog.OtherKey).Bytes.ToArray();
        var at = stolen.AsSpan().IndexOf(SampleLog.OtherKey.PublicKey.Id.Thumbprint.ToArray());
        honest.KeyId.CopyTo(stolen.AsSpan(at));

        Fails("receipt-signature", SampleLog.File(5, stolen));
    }

    // Entries 3 and 4 are about one task, so their receipts have one subject.
    [Fact]
    public void Verify_ReceiptOfAnotherLeaf_Fails()
    {
        Assert.Equal(SampleLog.SubjectOf(3), SampleLog.SubjectOf(4));

        Fails("receipt-signature", SampleLog.File(3, SampleLog.Receipt(4, 300).Bytes));
    }

    [Fact]
    public void Verify_ReceiptOfAnotherSubject_Fails() => Fails("receipt", SampleLog.File(5, SampleLog.Receipt(0, 300).Bytes));

    [Fact]
    public void Verify_PathsOfASmallerTreeOrSwapped_Fail()
    {
        var honest = SampleLog.Inclusion(5, 300);
        InclusionProof[] wrong =
        [
            honest with { Size = 299 },
            honest with { Index = 4 },
            honest with { Path = SampleLog.Inclusion(5, 299).Path },
            honest with { Path = SampleLog.Inclusion(4, 300).Path },
            honest with { Path = [.. honest.Path.Reverse()] },
            honest with { Path = [honest.Path[1], honest.Path[0], .. honest.Path.Skip(2)] },
        ];
        foreach (var proof in wrong.Where(proof => proof.RootFrom(LogEntry.LeafHash(SampleLog.Entries[5])) != SampleLog.RootOf(300)))
        {
            var receipt = Receipt.Sign(SampleLog.Key, SampleLog.Origin, SampleLog.SubjectOf(5), proof, SampleLog.RootOf(300));
            var report = StatementVerifier.Verify(SampleLog.File(5, receipt.Bytes), SampleLog.Evidence);
            Assert.Contains(report.FirstFailure?.Name, (string[])["receipt-path", "receipt-signature"]);
        }

        // A receipt of a smaller tree that the log did sign is as good.
        Assert.True(StatementVerifier.Verify(SampleLog.File(5, 299), SampleLog.Evidence).Valid);
    }

    // The signature covers the root alone: several sizes can share path and root, so only a checkpoint of the size proves it.
    [Fact]
    public void Verify_SizeThatThePathFitsToo_IsAcceptedAndLeadsToTheSameRoot()
    {
        var honest = SampleLog.Inclusion(5, 300);
        var other = honest with { Size = 301 };
        var receipt = Receipt.Sign(SampleLog.Key, SampleLog.Origin, SampleLog.SubjectOf(5), other, SampleLog.RootOf(300));

        Assert.True(StatementVerifier.Verify(SampleLog.File(5, receipt.Bytes), SampleLog.Evidence).Valid);
        Assert.Equal(SampleLog.RootOf(300), receipt.RootFor(SampleLog.Entries[5]));
        Assert.NotEqual(SampleLog.RootOf(301), receipt.RootFor(SampleLog.Entries[5]));
    }

    [Fact]
    public void Verify_PathTooShortOrTooLong_DoesNotFit()
    {
        var honest = SampleLog.Inclusion(5, 300);
        foreach (var path in (IReadOnlyList<Digest>[])[[], [.. honest.Path.SkipLast(1)], [.. honest.Path, honest.Path[0]]])
        {
            var receipt = Receipt.Sign(SampleLog.Key, SampleLog.Origin, SampleLog.SubjectOf(5), honest with { Path = path }, SampleLog.RootOf(300));
            Fails("receipt-path", SampleLog.File(5, receipt.Bytes));
        }
    }

    [Fact]
    public void Verify_CutReceipt_IsNone()
    {
        var receipt = SampleLog.Receipt(5, 300).Bytes;
        for (var length = 0; length < receipt.Length; length++)
        {
            Fails("receipt", SampleLog.File(5, receipt[..length]));
        }
    }

    [Fact]
    public void Verify_AnyBitOfProtectedHeaderPathOrSignatureFlipped_Fails()
    {
        var receipt = SampleLog.Receipt(5, 300).Bytes.ToArray();
        var proof = receipt.AsSpan().IndexOf((ReadOnlySpan<byte>)[0x83, 0x19, 0x01, 0x2c, 0x05]);
        for (var bit = 0; bit < receipt.Length * 8; bit++)
        {
            // Size and index: see above.
            if (bit >> 3 > proof && bit >> 3 < proof + 5)
            {
                continue;
            }

            var flipped = (byte[])receipt.Clone();
            flipped[bit >> 3] ^= (byte)(1 << (bit & 7));
            Assert.False(StatementVerifier.Verify(SampleLog.File(5, flipped), SampleLog.Evidence).Valid, $"bit {bit}");
        }
    }

    [Fact]
    public void TryDecode_AnotherUnprotectedHeader_HasWrongStructure()
    {
        var receipt = RawCbor.Bytes(SampleLog.Receipt(5, 300).Bytes.Span);
        Refused(RawCbor.Map((RawCbor.Integer(394), RawCbor.Array())));
        Refused(RawCbor.Map((RawCbor.Integer(394), receipt)));
        Refused(RawCbor.Map((RawCbor.Integer(394), RawCbor.Array(SampleLog.Receipt(5, 300).Bytes.ToArray()))));
        Refused(RawCbor.Map((RawCbor.Integer(393), RawCbor.Array(receipt))));
        Refused(RawCbor.Map((RawCbor.Integer(4), RawCbor.Bytes([1])), (RawCbor.Integer(394), RawCbor.Array(receipt))));
        Refused(RawCbor.Map((RawCbor.Integer(394), RawCbor.Array(receipt)), (RawCbor.Integer(395), RawCbor.Integer(1))));
        Refused(RawCbor.Map((RawCbor.Integer(394), RawCbor.Array([.. Enumerable.Repeat(receipt, 9)]))));
        Refused(RawCbor.Null);
    }

    [Fact]
    public void Verify_NothingOrTooMuchOrNestedDeep_IsRefusedByName()
    {
        Verdict.Fails(StatementChecks.WellFormed, default);
        Verdict.Fails(StatementChecks.Structure, new byte[64 << 20]);
        Verdict.Fails(StatementChecks.WellFormed, (byte[])[0xd2, .. Enumerable.Repeat((byte)0x81, 30_000), 0]);
        Verdict.Fails(StatementChecks.WellFormed, (byte[])[.. Enumerable.Repeat((byte)0xd2, 30_000), 0]);
        Verdict.Fails(StatementChecks.Canonical, (byte[])[0xd2, 0x9f, 0xff]);
        Verdict.Fails(StatementChecks.WellFormed, (byte[])[0xd2, 0x9b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]);
        Assert.Null(OrchestratorStatement.TryDecode(new byte[64 << 20], out var fault));
        Assert.NotNull(fault);
    }

    [Fact]
    public void Encode_OfSomethingElse_IsRefused() =>
        Assert.Throws<ArgumentException>(() => new TransparentStatement(new byte[] { 0xa0 }, [SampleLog.Receipt(5, 300).Bytes]).Encode());

    private static void Refused(byte[] unprotected)
    {
        var parts = StatementParts.Of(SampleRuns.Command);
        parts.Unprotected = unprotected;
        Fails(StatementChecks.Structure, parts.Sign(SampleRuns.Command));
    }

    private static void Fails(string check, ReadOnlyMemory<byte> bytes) => Verdict.Fails(check, bytes, SampleLog.Evidence);
}
