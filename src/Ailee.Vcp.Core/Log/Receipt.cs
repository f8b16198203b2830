using System.Formats.Cbor;
using Ailee.Vcp.Core.Cbor;
using Ailee.Vcp.Core.Cose;
using Ailee.Vcp.Core.Merkle;
using Ailee.Vcp.Core.Statements;

namespace Ailee.Vcp.Core.Log;

/// <summary>
/// A log's signature that it holds a statement (RFC 9942): a COSE_Sign1 over the root of the tree, which is not in it but follows
/// from the inclusion path in its unprotected header. Nothing is said of its signature yet.
/// </summary>
public sealed class Receipt
{
    /// <summary>More bytes than any receipt can have.</summary>
    public const int MaxSizeBytes = 4096;

    /// <summary>Header parameter of the verifiable data structure; its value 1 is the tree of RFC 9162 with SHA-256.</summary>
    public const int TreeHeader = 395;

    /// <summary>Header parameter of proofs.</summary>
    public const int ProofsHeader = 396;

    private const int InclusionProofs = -1;
    private const int Rfc9162Sha256 = 1;
    private const int MaxPath = 63;

    private readonly CoseSign1 _envelope;

    private Receipt(ReadOnlyMemory<byte> bytes, CoseSign1 envelope, Digest keyId, string origin, string subject, InclusionProof proof)
    {
        Bytes = bytes;
        _envelope = envelope;
        KeyId = keyId;
        Origin = origin;
        Subject = subject;
        Proof = proof;
    }

    /// <summary>The encoded receipt.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>Thumbprint of the log's key (RFC 9679).</summary>
    public Digest KeyId { get; }

    /// <summary>The log's origin.</summary>
    public string Origin { get; }

    /// <summary>The statement's subject.</summary>
    public string Subject { get; }

    /// <summary>Position of the statement in the log, size of the tree, and the path between.</summary>
    public InclusionProof Proof { get; }

    /// <summary>The root that the path leads to from a statement of this id; null if index, size and path do not fit together.</summary>
    public Digest? RootFor(Digest statementId) => Proof.RootFrom(LogEntry.LeafHash(statementId));

    /// <summary>Whether <paramref name="key"/> signed <paramref name="root"/>.</summary>
    public bool IsSignedBy(PublicKey key, Digest root) =>
        key.Verify((_envelope with { Payload = root.ToArray() }).ToBeSigned(), _envelope.Signature.Span);

    /// <summary>Makes a receipt.</summary>
    /// <param name="key">The log's key.</param>
    /// <param name="origin">The log's origin.</param>
    /// <param name="subject">The statement's subject.</param>
    /// <param name="proof">Where the statement is.</param>
    /// <param name="root">Root of the tree of the proof's size.</param>
    public static Receipt Sign(SigningKey key, string origin, string subject, InclusionProof proof, Digest root)
    {
        var keyId = key.PublicKey.Id.Thumbprint;
        var envelope = CoseSign1.Sign(key, EncodeProtected(keyId, origin, subject), root.ToArray());
        return new Receipt(envelope.Encode(writer => WriteProofs(writer, proof), detached: true), envelope, keyId, origin, subject, proof);
    }

    /// <summary>Reads a receipt. Null and a fault if the bytes are anything else.</summary>
    public static Receipt? TryDecode(ReadOnlyMemory<byte> bytes, out CborFault? fault)
    {
        if (bytes.Length > MaxSizeBytes)
        {
            fault = new CborFault(CborFaultKind.WrongShape, $"receipt: longer than {MaxSizeBytes} bytes.");
            return null;
        }

        return ShapeDecoding.Try(
            () =>
            {
                InclusionProof? proof = null;
                var reader = new ShapeReader(bytes, "receipt");
                var envelope = CoseSign1.Read(reader, () => proof = ReadProofs(reader), detached: true);
                var (keyId, origin, subject) = ReadProtected(envelope.Protected);
                return new Receipt(bytes, envelope, keyId, origin, subject, proof!);
            },
            out fault);
    }

    private static byte[] EncodeProtected(Digest keyId, string origin, string subject) => CborWriting.Encode((keyId, origin, subject), static (writer, header) =>
    {
        writer.WriteStartMap(4);
        writer.WriteInt32(1);
        writer.WriteInt32(StatementHeader.EdDsa);
        writer.WriteInt32(4);
        writer.WriteDigest(header.keyId);
        writer.WriteInt32(15);
        writer.WriteStartMap(2);
        writer.WriteInt32(1);
        writer.WriteTextString(header.origin);
        writer.WriteInt32(2);
        writer.WriteTextString(header.subject);
        writer.WriteEndMap();
        writer.WriteInt32(TreeHeader);
        writer.WriteInt32(Rfc9162Sha256);
        writer.WriteEndMap();
    });

    private static (Digest KeyId, string Origin, string Subject) ReadProtected(ReadOnlyMemory<byte> data)
    {
        var reader = new ShapeReader(data, "receipt's protected header");
        reader.Map(4, "the protected header");
        reader.Key(1);
        if (reader.Integer("alg") is not (StatementHeader.EdDsa or StatementHeader.Ed25519))
        {
            throw reader.Wrong("alg must be -8 (EdDSA) or -19 (Ed25519).");
        }

        reader.Key(4);
        var keyId = reader.Digest("kid");
        reader.Key(15);
        reader.Map(2, "the CWT claims");
        reader.Key(1);
        var origin = reader.Text("iss", StatementHeader.MaxNameBytes);
        reader.Key(2);
        var subject = reader.Text("sub", StatementHeader.MaxNameBytes);
        reader.EndMap();
        reader.Key(TreeHeader);
        if (reader.Integer("the tree") != Rfc9162Sha256)
        {
            throw reader.Wrong("the tree must be 1 (RFC 9162 with SHA-256).");
        }

        reader.EndMap();
        return (keyId, origin, subject);
    }

    private static void WriteProofs(CborWriter writer, InclusionProof proof)
    {
        writer.WriteStartMap(1);
        writer.WriteInt32(ProofsHeader);
        writer.WriteStartMap(1);
        writer.WriteInt32(InclusionProofs);
        writer.WriteStartArray(1);
        writer.WriteByteString(CborWriting.Encode(proof, static (inner, proof) =>
        {
            inner.WriteStartArray(3);
            inner.WriteInt64(proof.Size);
            inner.WriteInt64(proof.Index);
            inner.WriteStartArray(proof.Path.Count);
            foreach (var hash in proof.Path)
            {
                inner.WriteDigest(hash);
            }

            inner.WriteEndArray();
            inner.WriteEndArray();
        }));
        writer.WriteEndArray();
        writer.WriteEndMap();
        writer.WriteEndMap();
    }

    private static InclusionProof ReadProofs(ShapeReader reader)
    {
        reader.Map(1, "the unprotected header");
        reader.Key(ProofsHeader);
        reader.Map(1, "the proofs");
        reader.Key(InclusionProofs);
        reader.Array(1, "the inclusion proofs");
        var proof = ReadProof(reader.Bytes("the inclusion proof"));
        reader.EndArray();
        reader.EndMap();
        reader.EndMap();
        return proof;
    }

    private static InclusionProof ReadProof(ReadOnlyMemory<byte> data)
    {
        var reader = new ShapeReader(data, "inclusion proof");
        reader.Array(3, "the inclusion proof");
        var (size, index) = (reader.Integer("the tree size"), reader.Integer("the leaf index"));
        var count = reader.Array("the path");
        if (index < 0 || index >= size || count > MaxPath)
        {
            throw reader.Wrong("index, size or path is out of range.");
        }

        var path = new Digest[count];
        for (var i = 0; i < count; i++)
        {
            path[i] = reader.Digest("a path element");
        }

        reader.EndArray();
        reader.EndArray();
        return new InclusionProof(index, size, path);
    }
}
