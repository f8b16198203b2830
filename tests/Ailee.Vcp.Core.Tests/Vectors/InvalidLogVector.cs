using Ailee.Vcp.Core.Cose;
using Ailee.Vcp.Core.Log;
using Ailee.Vcp.Core.Merkle;
using Ailee.Vcp.Core.Statements;
using Ailee.Vcp.Core.Tests.Cbor;
using Ailee.Vcp.Core.Tests.Log;
using Ailee.Vcp.Core.Tests.Statements;

namespace Ailee.Vcp.Core.Tests.Vectors;

/// <summary>
/// An entry of invalid-log.json: what must refuse it, and the first check to fail where there are several. Bytes are in
/// <paramref name="Hex"/>, text in <paramref name="Text"/>.
/// </summary>
internal sealed record InvalidLogVector(string Name, string Decoder, string? Check, string? Hex, string? Text, ConsistencyVector? Consistency = null)
{
    private const int Index = 5;
    private const int Size = 600;

    private static readonly InclusionProof Honest = SampleLog.Inclusion(Index, Size);

    public static IReadOnlyList<InvalidLogVector> All { get; } =
        [.. Orchestrated(), .. Transparent(), .. Receipts(), .. Notes(), .. Checkpoints(), .. Signatures(), .. Keys(), .. Paths(), .. Proofs()];

    // Bytes that a verifier without evidence refuses.
    private static IEnumerable<InvalidLogVector> Orchestrated() =>
    [
        Statement("genesis without a policy", "structure", Changed(0, parts => parts.Payload.RemoveAt(4))),
        Statement("genesis of a log with another hash", "structure", Changed(0, parts => Set(parts, 4, RawCbor.Text("sha3-256")))),
        Statement("genesis with its policy twice", "canonical", Changed(0, parts => parts.Payload.Add(parts.Payload[4]))),
        Statement("genesis with a float as version", "canonical", Changed(0, parts => Set(parts, 1, RawCbor.Double(1)))),
        Statement("genesis of another origin than its subject", "structure", Changed(0, parts => Set(parts, 2, RawCbor.Text("urn:vcp:log:other")))),
        Statement("enrolment of another node than its subject", "structure", Changed(1, parts => parts.Payload[1] = OrchestratorParts.Of(SampleLog.Payloads[2]).Payload[1])),
        Statement("enrolment of version 2", "structure", Changed(1, parts => Set(parts, 1, RawCbor.Integer(2)))),
        Statement("enrolment with an owner of 129 bytes", "structure", Changed(1, parts => Set(parts, 3, RawCbor.Text(new string('o', 129))))),
        Statement("certificate with fewer votes than the quorum", "structure", Changed(3, parts => Set(parts, 4, RawCbor.Integer(3)))),
        Statement("certificate of half of the replicas", "structure", Changed(3, parts => Set(parts, 5, RawCbor.Integer(4)))),
        Statement("certificate with one vote twice", "structure", Votes(vote => [vote[0], vote[0]])),
        Statement("certificate with two votes of one owner", "structure", Votes(vote => [vote[0], vote[1] with { Owner = vote[0].Owner }])),
        Statement("certificate with votes out of order", "structure", Votes(vote => [vote[1], vote[0]])),
        Statement("divergence without claims", "structure", Changed(4, parts => Set(parts, 4, RawCbor.Array()))),
        Statement("divergence with a leaf before the first", "structure", Changed(4, parts => Set(parts, 5, RawCbor.Array(RawCbor.Text("f"), RawCbor.Integer(-1), RawCbor.Null)))),
        Statement("revocation with a reason of 129 bytes", "structure", Changed(7, parts => Set(parts, 3, RawCbor.Text(new string('r', 129))))),
        Statement("revocation without a reason", "structure", Changed(7, parts => parts.Payload.RemoveAt(2))),
        Statement("quarantine of another node than its subject", "structure", Changed(8, parts => parts.Payload[1] = OrchestratorParts.Of(SampleLog.Payloads[7]).Payload[1])),
        Statement("quarantine of a node named in text", "structure", Changed(8, parts => Set(parts, 2, RawCbor.Text(SampleRuns.Function.PublicKey.Id.ToString())))),
        Statement("release with a reason", "structure", Changed(9, parts => parts.Payload.Add((RawCbor.Integer(3), RawCbor.Text("why"))))),
        Statement("release of a kid of 31 bytes", "structure", Changed(9, parts => Set(parts, 2, RawCbor.Bytes(new byte[31])))),
        Statement("rotation to the key that the node has", "structure", Changed(10, parts => Set(parts, 3, OrchestratorParts.Key(SampleRuns.Function.PublicKey)))),
        Statement("rotation about the new key", "structure", Changed(10, parts => Set(parts, 2, RawCbor.Bytes(SampleLog.OtherKey.PublicKey.Id.Thumbprint.ToArray())))),
        Statement("genesis under the type of an enrolment", "structure", OrchestratorParts.Of(SampleLog.Payloads[1]).Sign(OrchestratorParts.Of(SampleLog.Payloads[0]).EncodePayload())),
        Statement("issued under a node's name", "kid", IssuedByNode()),
        Statement("genesis signed by another key", "signature", SignedByAnother()),
    ];

    // Files that a verifier with the log's key refuses.
    private static IEnumerable<InvalidLogVector> Transparent() =>
    [
        File("no receipt", "receipt", SampleLog.Statements[Index]),
        File("a receipt cut short", "receipt", SampleLog.File(Index, SampleLog.Receipt(Index, Size).Bytes[..^1])),
        File("a receipt of another subject", "receipt", SampleLog.File(Index, SampleLog.Receipt(0, Size).Bytes)),
        File("a receipt of another log", "receipt-key", SampleLog.File(Index, SampleLog.Receipt(Index, Size, SampleLog.OtherKey, "urn:vcp:log:other").Bytes)),
        File("a receipt by the log's key for another log", "receipt-key", SampleLog.File(Index, SampleLog.Receipt(Index, Size, origin: "urn:vcp:log:other").Bytes)),
        File("a receipt of another leaf", "receipt-signature", SampleLog.File(3, SampleLog.Receipt(4, Size).Bytes)),
        File("the path of a smaller tree", "receipt-signature", Receipt(Honest with { Path = SampleLog.Inclusion(Index, Size - 1).Path })),
        File("the path of another leaf", "receipt-signature", Receipt(Honest with { Path = SampleLog.Inclusion(Index + 1, Size).Path })),
        File("two hashes of the path swapped", "receipt-signature", Receipt(Honest with { Path = [Honest.Path[1], Honest.Path[0], .. Honest.Path.Skip(2)] })),
        File("the index of the next leaf", "receipt-signature", Receipt(Honest with { Index = Index - 1 })),
        File("a path without its last hash", "receipt-path", Receipt(Honest with { Path = [.. Honest.Path.SkipLast(1)] })),
        File("a path with one hash more", "receipt-path", Receipt(Honest with { Path = [.. Honest.Path, Honest.Path[0]] })),
        File("no path", "receipt-path", Receipt(Honest with { Path = [] })),
        File("a size that wants a shorter path", "receipt-path", Receipt(Honest with { Size = 8 })),
        File("the root of a smaller tree signed", "receipt-signature", Receipt(Honest, SampleLog.RootOf(Size - 1))),
        File("receipts as nested arrays", "structure", Unprotected(RawCbor.Map((RawCbor.Integer(394), RawCbor.Array(SampleLog.Receipt(Index, Size).Bytes.ToArray()))))),
        File("an empty list of receipts", "structure", Unprotected(RawCbor.Map((RawCbor.Integer(394), RawCbor.Array())))),
        File("something beside the receipts", "structure", Unprotected(RawCbor.Map(
            (RawCbor.Integer(4), RawCbor.Bytes([1])), (RawCbor.Integer(394), RawCbor.Array(RawCbor.Bytes(SampleLog.Receipt(Index, Size).Bytes.Span)))))),
        File("receipts in an indefinite array", "canonical", Unprotected((byte[])[0xa1, 0x19, 0x01, 0x8a, 0x9f, 0xff])),
    ];

    // Bytes that are no receipt.
    private static IEnumerable<InvalidLogVector> Receipts() =>
    [
        OfReceipt("no bytes", "well-formed", _ => { }, []),
        OfReceipt("nested deep", "well-formed", _ => { }, [.. Enumerable.Repeat((byte)0x81, 100), 0]),
        OfReceipt("the root inside", "structure", parts => parts.Payload = RawCbor.Bytes(SampleLog.RootOf(300).ToArray())),
        OfReceipt("alg ES256", "structure", parts => parts.Header[0] = (RawCbor.Integer(1), RawCbor.Integer(-7))),
        OfReceipt("another sort of tree", "structure", parts => parts.Header[3] = (RawCbor.Integer(395), RawCbor.Integer(2))),
        OfReceipt("index as large as the tree", "structure", parts => parts.Proof[1] = RawCbor.Integer(300)),
        OfReceipt("index before size", "structure", parts => (parts.Proof[0], parts.Proof[1]) = (parts.Proof[1], parts.Proof[0])),
        OfReceipt("a consistency proof", "structure", parts => parts.Unprotected = RawCbor.Map(
            (RawCbor.Integer(396), RawCbor.Map((RawCbor.Integer(-2), RawCbor.Array(RawCbor.Bytes(parts.EncodeProof()))))))),
        OfReceipt("two inclusion proofs", "structure", parts => parts.Unprotected = RawCbor.Map(
            (RawCbor.Integer(396), RawCbor.Map((RawCbor.Integer(-1), RawCbor.Array(RawCbor.Bytes(parts.EncodeProof()), RawCbor.Bytes(parts.EncodeProof()))))))),
        OfReceipt("size in more bytes", "canonical", parts => parts.Proof[0] = RawCbor.Head(0, 300, 8)),
        OfReceipt("a byte after the proof", "trailing-bytes", parts => parts.ProofBytes = [.. parts.EncodeProof(), 0]),
        OfReceipt("a hash of 31 bytes", "structure", parts => parts.Proof[2] = RawCbor.Array(RawCbor.Bytes(new byte[31]))),
    ];

    private static IEnumerable<InvalidLogVector> Notes()
    {
        var note = SampleLog.Note(Size).ToString();
        return
        [
            OfText("note", "nothing", ""),
            OfText("note", "no signature line", SampleLog.Checkpoint(Size).ToText() + "\n"),
            OfText("note", "no blank line", note.Replace("\n\n", "\n", StringComparison.Ordinal)),
            OfText("note", "no line feed at the end", note[..^1]),
            OfText("note", "carriage returns", note.Replace("\n", "\r\n", StringComparison.Ordinal)),
            OfText("note", "a hyphen for the dash", note.Replace('\u2014', '-')),
            OfText("note", "a line that is no signature", note + "hello\n"),
            OfText("note", "base64 without padding", note.Replace("=\n", "\n", StringComparison.Ordinal)),
            OfText("note", "a plus in the name", note.Replace("\u2014 urn:", "\u2014 urn+:", StringComparison.Ordinal)),
        ];
    }

    private static IEnumerable<InvalidLogVector> Checkpoints()
    {
        var (origin, root) = (SampleLog.Origin, Convert.ToBase64String(SampleLog.RootOf(Size).ToArray()));
        return
        [
            OfText("checkpoint", "size with a zero in front", $"{origin}\n0600\n{root}\n"),
            OfText("checkpoint", "negative size", $"{origin}\n-600\n{root}\n"),
            OfText("checkpoint", "size of 64 bits", $"{origin}\n9223372036854775808\n{root}\n"),
            OfText("checkpoint", "no origin", $"\n600\n{root}\n"),
            OfText("checkpoint", "root in base64url", $"{origin}\n600\n{root.Replace('+', '-').Replace('/', '_').TrimEnd('=')}\n"),
            OfText("checkpoint", "root of 31 bytes", $"{origin}\n600\n{Convert.ToBase64String(new byte[31])}\n"),
            OfText("checkpoint", "an extension line", $"{origin}\n600\n{root}\nmore\n"),
            OfText("checkpoint", "two lines", $"{origin}\n600\n"),
        ];
    }

    // Notes that the log's key does not verify.
    private static IEnumerable<InvalidLogVector> Signatures()
    {
        var (text, larger) = (SampleLog.Checkpoint(Size).ToText(), SampleLog.Checkpoint(Size).ToText().Replace("\n600\n", "\n601\n", StringComparison.Ordinal));
        var honest = NoteKey.Sign(SampleLog.Origin, SampleLog.Key, text);
        var forged = NoteKey.Sign(SampleLog.Origin, SampleLog.OtherKey, text) with { KeyHash = honest.KeyHash };
        var cosigned = NoteKey.Cosign(SampleLog.Origin, SampleLog.Key, text, SampleLog.CosignedAt(Size));
        return
        [
            OfText("log-signature", "a larger size under the old signature", new SignedNote(larger, [honest]).ToString()),
            OfText("log-signature", "signed by another key under the log's name and key id", new SignedNote(text, [forged]).ToString()),
            OfText("log-signature", "a false line beside the right one", new SignedNote(text, [honest, forged]).ToString()),
            OfText("log-signature", "a cosignature only", new SignedNote(text, [SampleLog.Note(Size).Signatures[1]]).ToString()),
            OfText("log-signature", "a cosignature by the log's key", new SignedNote(text, [cosigned with { KeyHash = honest.KeyHash }]).ToString()),
            OfText("log-signature", "under another name", new SignedNote(text, [honest with { Name = "other.example" }]).ToString()),
            OfText("log-signature", "under another key id", new SignedNote(text, [honest with { KeyHash = honest.KeyHash ^ 1 }]).ToString()),
        ];
    }

    private static IEnumerable<InvalidLogVector> Keys()
    {
        var parts = SampleLog.NoteKey.ToString().Split('+', 3);
        return
        [
            OfText("verifier-key", "another hash", $"{parts[0]}+00000000+{parts[2]}"),
            OfText("verifier-key", "another name", $"other.example+{parts[1]}+{parts[2]}"),
            OfText("verifier-key", "no hash", $"{parts[0]}+{parts[2]}"),
            OfText("verifier-key", "a line feed behind it", SampleLog.NoteKey + "\n"),
            OfText("verifier-key", "an unknown type of key", "PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"),
            OfText("verifier-key", "a key that is too long", "PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY=="),
        ];
    }

    private static IEnumerable<InvalidLogVector> Paths() =>
        ((string[])["", "0", "0/0", "0/0000", "00/000", "64/000", "-1/000", "0/x000/001", "0/x001", "0/001/002", "0/000.p/0", "0/000.p/256", "0/000.p/01", "entries/0", "Entries/000", "0/000/"])
        .Select(path => OfText("tile-path", $"path '{path}'", path));

    private static IEnumerable<InvalidLogVector> Proofs()
    {
        var honest = ConsistencyVector.Of((256, Size));
        var odd = ConsistencyVector.Of((255, 256));
        return
        [
            OfProof("a smaller size", honest with { From = 255 }),
            OfProof("a larger size", honest with { To = 1025 }),
            OfProof("sizes swapped", honest with { From = honest.To, To = honest.From }),
            OfProof("the older root of another tree", honest with { FromRoot = SampleLog.RootOf(257).ToHex() }),
            OfProof("the newer root of another tree", honest with { ToRoot = SampleLog.RootOf(Size - 1).ToHex() }),
            OfProof("no path", odd with { Path = [] }),
            OfProof("a path without its first hash", odd with { Path = [.. odd.Path.Skip(1)] }),
            OfProof("a path with one hash more", odd with { Path = [.. odd.Path, odd.Path[0]] }),
            OfProof("a path in reverse", odd with { Path = [.. odd.Path.Reverse()] }),
            OfProof("one size with two roots", honest with { To = 256 }),
            OfProof("a path between equal sizes", ConsistencyVector.Of((Size, Size)) with { Path = [honest.FromRoot] }),
            OfProof("from nothing with a root", ConsistencyVector.Of((0, Size)) with { FromRoot = honest.FromRoot }),
        ];
    }

    private static InvalidLogVector Statement(string name, string check, byte[] bytes) => new(name, "statement", check, VectorFile.Hex(bytes), null);

    private static InvalidLogVector File(string name, string check, byte[] bytes) => new(name, "statement-of-the-log", check, VectorFile.Hex(bytes), null);

    private static InvalidLogVector OfText(string decoder, string name, string text) => new(name, decoder, null, null, text);

    private static InvalidLogVector OfProof(string name, ConsistencyVector proof) => new(name, "consistency", null, null, null, proof);

    private static InvalidLogVector OfReceipt(string name, string check, Action<ReceiptParts> change, byte[]? bytes = null)
    {
        var parts = new ReceiptParts();
        change(parts);
        return new InvalidLogVector(name, "receipt", check, VectorFile.Hex(bytes ?? parts.Encode()), null);
    }

    private static byte[] Receipt(InclusionProof proof, Digest? root = null) => SampleLog.File(
        Index, Core.Log.Receipt.Sign(SampleLog.Key, SampleLog.Origin, SampleLog.SubjectOf(Index), proof, root ?? SampleLog.RootOf(Size)).Bytes);

    private static byte[] Unprotected(byte[] header)
    {
        var parts = StatementParts.Of(SampleRuns.Command);
        parts.Unprotected = header;
        return parts.Sign(SampleRuns.Command);
    }

    private static byte[] Changed(int index, Action<OrchestratorParts> change)
    {
        var parts = OrchestratorParts.Of(SampleLog.Payloads[index]);
        change(parts);
        return parts.Sign();
    }

    private static byte[] Votes(Func<IReadOnlyList<OrchestratorPayload.Vote>, OrchestratorPayload.Vote[]> change) => Changed(
        3,
        parts => Set(parts, 6, RawCbor.Array([.. change(((OrchestratorPayload.Certificate)SampleLog.Payloads[3]).Votes).Select(OrchestratorParts.Vote)])));

    private static void Set(OrchestratorParts parts, int key, byte[] value) => parts.Payload[key - 1] = (RawCbor.Integer(key), value);

    private static byte[] IssuedByNode()
    {
        var statement = SampleLog.Orchestrated[0];
        var header = statement.Header with { Issuer = StatementKind.NodePrefix + statement.Header.KeyId };
        return CoseSign1.Sign(SampleLog.Orchestrator, header.Encode(), statement.Envelope.Payload).Encode();
    }

    private static byte[] SignedByAnother()
    {
        var envelope = SampleLog.Orchestrated[0].Envelope;
        return CoseSign1.Sign(SampleLog.OtherKey, envelope.Protected, envelope.Payload).Encode();
    }
}
