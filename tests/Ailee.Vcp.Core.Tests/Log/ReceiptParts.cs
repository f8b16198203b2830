using Ailee.Vcp.Core.Tests.Cbor;

namespace Ailee.Vcp.Core.Tests.Log;

/// <summary>The receipt of entry 5 at 300 entries, written by hand and signed over what it then says and the right root.</summary>
internal sealed class ReceiptParts
{
    private const int Index = 5;
    private const int Size = 300;

    /// <summary>Entry 15, empty here, is made of <see cref="Claims"/>.</summary>
    public List<(byte[] Key, byte[] Value)> Header { get; } =
    [
        (RawCbor.Integer(1), RawCbor.Integer(-8)),
        (RawCbor.Integer(4), RawCbor.Bytes(SampleLog.Key.PublicKey.Id.Thumbprint.ToArray())),
        (RawCbor.Integer(15), []),
        (RawCbor.Integer(395), RawCbor.Integer(1)),
    ];

    public List<(byte[] Key, byte[] Value)> Claims { get; } =
        [(RawCbor.Integer(1), RawCbor.Text(SampleLog.Origin)), (RawCbor.Integer(2), RawCbor.Text(SampleLog.SubjectOf(Index)))];

    public List<byte[]> Proof { get; } =
        [RawCbor.Integer(Size), RawCbor.Integer(Index), RawCbor.Array([.. SampleLog.Inclusion(Index, Size).Path.Select(hash => RawCbor.Bytes(hash.ToArray()))])];

    /// <summary>The bytes of the inclusion proof, in place of what its parts give.</summary>
    public byte[]? ProofBytes { get; set; }

    public byte[]? Unprotected { get; set; }

    public byte[] Payload { get; set; } = RawCbor.Null;

    /// <summary>In place of the right one.</summary>
    public byte[]? Signature { get; set; }

    public byte[] EncodeProof() => ProofBytes ?? RawCbor.Array([.. Proof]);

    public byte[] EncodeProtected() => RawCbor.Map([.. Header.Select(entry => entry.Value.Length == 0 ? (entry.Key, RawCbor.Map([.. Claims])) : entry)]);

    public byte[] Encode()
    {
        var root = SampleLog.RootOf(Size).ToArray();
        var signed = RawCbor.Array(RawCbor.Text("Signature1"), RawCbor.Bytes(EncodeProtected()), RawCbor.Bytes([]), RawCbor.Bytes(root));
        var unprotected = Unprotected
            ?? RawCbor.Map((RawCbor.Integer(396), RawCbor.Map((RawCbor.Integer(-1), RawCbor.Array(RawCbor.Bytes(EncodeProof()))))));
        return RawCbor.Tag(
            18,
            RawCbor.Array(RawCbor.Bytes(EncodeProtected()), unprotected, Payload, Signature ?? RawCbor.Bytes(SampleLog.Key.Sign(signed))));
    }
}
