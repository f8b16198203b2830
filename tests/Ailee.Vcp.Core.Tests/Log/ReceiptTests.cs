using Ailee.Vcp.Core.Cbor;
using Ailee.Vcp.Core.Log;
using Ailee.Vcp.Core.Tests.Cbor;

namespace Ailee.Vcp.Core.Tests.Log;

public sealed class ReceiptTests
{
    private static readonly byte[][] Values =
    [
        RawCbor.Integer(0), RawCbor.Bytes([1]), RawCbor.Text("x"), RawCbor.Array(), RawCbor.EmptyMap,
        RawCbor.Tag(1, RawCbor.Integer(0)), RawCbor.False, RawCbor.Null,
    ];

    [Theory]
    [InlineData(0, 2)]
    [InlineData(1, 2)]
    [InlineData(0, 600)]
    [InlineData(5, 256)]
    [InlineData(16, 257)]
    public void TryDecode_SignedReceipt_GivesEverythingBack(int index, int size)
    {
        var signed = SampleLog.Receipt(index, size);

        var receipt = Receipt.TryDecode(signed.Bytes, out var fault)!;

        Assert.Null(fault);
        Assert.Equal((SampleLog.Origin, SampleLog.SubjectOf(index)), (receipt.Origin, receipt.Subject));
        Assert.Equal(SampleLog.Key.PublicKey.Id.Thumbprint, receipt.KeyId);
        Assert.Equal((index, size), (receipt.Proof.Index, receipt.Proof.Size));
        Assert.Equal(SampleLog.RootOf(size), receipt.RootFor(SampleLog.Entries[index]));
        Assert.True(receipt.IsSignedBy(SampleLog.Key.PublicKey, SampleLog.RootOf(size)));
        Assert.False(receipt.IsSignedBy(SampleLog.Key.PublicKey, SampleLog.RootOf(size - 1)));
        Assert.False(receipt.IsSignedBy(SampleLog.OtherKey.PublicKey, SampleLog.RootOf(size)));
    }

    [Fact]
    public void Sign_Receipt_IsWhatIsWrittenByHand() => Assert.Equal(new ReceiptParts().Encode(), SampleLog.Receipt(5, 300).Bytes.ToArray());

    [Fact]
    public void TryDecode_OtherTypeUnderAnyKey_IsRefused()
    {
        Func<ReceiptParts, List<(byte[] Key, byte[] Value)>>[] maps = [parts => parts.Header, parts => parts.Claims];
        foreach (var entries in maps)
        {
            for (var at = 0; at < entries(new ReceiptParts()).Count; at++)
            {
                // The claims are written when all else is.
                var right = entries(new ReceiptParts())[at];
                right.Value = right.Value.Length == 0 ? RawCbor.EmptyMap : right.Value;
                foreach (var value in Values.Where(value => Type(value) != Type(right.Value)))
                {
                    Refused(CborFaultKind.WrongShape, parts => entries(parts)[at] = (right.Key, value));
                }

                Refused(CborFaultKind.NotDeterministic, parts => entries(parts)[at] = (right.Key, RawCbor.Double(1)));
                Refused(CborFaultKind.NotDeterministic, parts => entries(parts).Insert(at, right));
                Refused(CborFaultKind.WrongShape, parts => entries(parts).RemoveAt(at));
            }
        }

        for (var at = 0; at < 3; at++)
        {
            foreach (var value in Values.Where(value => Type(value) != Type(new ReceiptParts().Proof[at])))
            {
                Refused(CborFaultKind.WrongShape, parts => parts.Proof[at] = value);
            }
        }
    }

    [Fact]
    public void TryDecode_AnotherEnvelope_IsRefused()
    {
        Refused(CborFaultKind.WrongShape, parts => parts.Payload = RawCbor.Bytes(SampleLog.RootOf(300).ToArray()));
        Refused(CborFaultKind.WrongShape, parts => parts.Payload = RawCbor.Bytes([]));
        Refused(CborFaultKind.WrongShape, parts => parts.Signature = RawCbor.Bytes(new byte[63]));
        Refused(CborFaultKind.WrongShape, parts => parts.Unprotected = RawCbor.EmptyMap);
        Refused(CborFaultKind.WrongShape, parts => parts.Unprotected = RawCbor.Map((RawCbor.Integer(396), RawCbor.EmptyMap)));
        Refused(CborFaultKind.WrongShape, parts => parts.Unprotected = Proofs(RawCbor.Integer(-2), RawCbor.Bytes(parts.EncodeProof())));
        Refused(CborFaultKind.WrongShape, parts => parts.Unprotected = Proofs(RawCbor.Integer(-1), parts.EncodeProof()));
        Refused(CborFaultKind.WrongShape, parts => parts.Unprotected = Proofs(RawCbor.Integer(-1)));
        Refused(CborFaultKind.WrongShape, parts => parts.Unprotected =
            Proofs(RawCbor.Integer(-1), RawCbor.Bytes(parts.EncodeProof()), RawCbor.Bytes(parts.EncodeProof())));
        Refused(CborFaultKind.TrailingBytes, parts => parts.ProofBytes = [.. parts.EncodeProof(), 0]);
        Refused(CborFaultKind.NotDeterministic, parts => parts.ProofBytes = [0x9f, .. parts.EncodeProof().AsSpan(1), 0xff]);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(300, 300)]
    [InlineData(301, 300)]
    [InlineData(-1, 300)]
    [InlineData(0, -1)]
    public void TryDecode_IndexBeyondTheTree_IsRefused(long index, long size) =>
        Refused(CborFaultKind.WrongShape, parts => (parts.Proof[0], parts.Proof[1]) = (RawCbor.Integer(size), RawCbor.Integer(index)));

    [Fact]
    public void TryDecode_AlgorithmTreeOrPathOutOfRange_IsRefused()
    {
        Refused(CborFaultKind.WrongShape, parts => parts.Header[0] = (RawCbor.Integer(1), RawCbor.Integer(-7)));
        Refused(CborFaultKind.WrongShape, parts => parts.Header[3] = (RawCbor.Integer(395), RawCbor.Integer(2)));
        Refused(CborFaultKind.WrongShape, parts => parts.Claims[0] = (RawCbor.Integer(1), RawCbor.Text(new string('o', 257))));
        Refused(CborFaultKind.WrongShape, parts => parts.Proof[2] = RawCbor.Array([.. Enumerable.Repeat(RawCbor.Bytes(new byte[32]), 64)]));
        Refused(CborFaultKind.WrongShape, parts => parts.Proof[2] = RawCbor.Array(RawCbor.Bytes(new byte[31])));
    }

    [Fact]
    public void TryDecode_NothingTooMuchOrNestedDeep_IsRefused()
    {
        Assert.Null(Receipt.TryDecode(default, out var empty));
        Assert.Null(Receipt.TryDecode(new byte[64 << 20], out var large));
        Assert.Null(Receipt.TryDecode((byte[])[.. Enumerable.Repeat((byte)0x81, 4000), 0], out var deep));

        Assert.Equal(
            (CborFaultKind.Truncated, CborFaultKind.WrongShape, CborFaultKind.Malformed), (empty!.Kind, large!.Kind, deep!.Kind));
    }

    [Fact]
    public void RootFor_PathOfAnotherShape_IsNullOrAnotherRoot()
    {
        var receipt = SampleLog.Receipt(5, 300);
        var proof = receipt.Proof;
        var right = SampleLog.RootOf(300);

        Assert.Equal(right, receipt.RootFor(SampleLog.Entries[5]));
        Assert.NotEqual(right, receipt.RootFor(SampleLog.Entries[6]));
        Assert.Null((proof with { Path = [.. proof.Path.SkipLast(1)] }).RootFrom(LogEntry.LeafHash(SampleLog.Entries[5])));
    }

    private static byte[] Proofs(byte[] key, params byte[][] proofs) =>
        RawCbor.Map((RawCbor.Integer(396), RawCbor.Map((key, RawCbor.Array(proofs)))));

    private static void Refused(CborFaultKind kind, Action<ReceiptParts> change)
    {
        var parts = new ReceiptParts();
        change(parts);

        Assert.Null(Receipt.TryDecode(parts.Encode(), out var fault));
        Assert.Equal(kind, fault!.Kind);
        Assert.NotEmpty(fault.Detail);
    }

    private static int Type(byte[] value) => value[0] >> 5 == 7 ? value[0] : Math.Max(value[0] >> 5, 1);
}
