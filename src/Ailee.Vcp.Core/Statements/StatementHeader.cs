using System.Buffers.Binary;
using System.Formats.Cbor;
using Ailee.Vcp.Core.Cbor;
using Ailee.Vcp.Core.Cose;

namespace Ailee.Vcp.Core.Statements;

/// <summary>The protected header: who signed, about what, when, and with which counter.</summary>
public sealed record StatementHeader
{
    /// <summary>COSE algorithm EdDSA (RFC 9053), which we write.</summary>
    public const int EdDsa = -8;

    /// <summary>COSE algorithm Ed25519 (RFC 9864), which is accepted too.</summary>
    public const int Ed25519 = -19;

    /// <summary>Longest issuer or subject in bytes.</summary>
    public const int MaxNameBytes = 256;

    /// <summary>What the payload is, header 3.</summary>
    public required StatementKind Kind { get; init; }

    /// <summary>COSE algorithm of the signature.</summary>
    public int Algorithm { get; init; } = EdDsa;

    /// <summary>Key id, header 4: the thumbprint of <see cref="Key"/>.</summary>
    public required NodeId KeyId { get; init; }

    /// <summary>Issuer claim.</summary>
    public required string Issuer { get; init; }

    /// <summary>Subject claim.</summary>
    public required string Subject { get; init; }

    /// <summary>Issued-at claim, seconds since 1970-01-01T00:00:00Z.</summary>
    public required long IssuedAtSeconds { get; init; }

    /// <summary>Counter of the key, the 8 bytes of the CWT id claim: never used twice by one key.</summary>
    public required ulong Counter { get; init; }

    /// <summary>The key that travels with the statement, from the confirmation claim.</summary>
    public required PublicKey Key { get; init; }

    /// <summary>The header that <paramref name="key"/> puts on a statement about <paramref name="subject"/>.</summary>
    public static StatementHeader Create(StatementKind kind, PublicKey key, string subject, long issuedAtSeconds, ulong counter) => new()
    {
        Kind = kind,
        KeyId = key.Id,
        Issuer = kind.IssuerPrefix + key.Id,
        Subject = subject,
        IssuedAtSeconds = issuedAtSeconds,
        Counter = counter,
        Key = key,
    };

    /// <summary>The header of a statement of any kind, without looking at its payload. Null and a fault if there is none.</summary>
    public static StatementHeader? TryDecode(ReadOnlyMemory<byte> statement, out CborFault? fault) =>
        ShapeDecoding.Try(() => Read(CoseSign1.Read(statement).Protected), out fault);

    internal byte[] Encode() => CborWriting.Encode(this, static (writer, header) => header.Write(writer));

    internal static StatementHeader Read(ReadOnlyMemory<byte> data)
    {
        var reader = new ShapeReader(data, "protected header");
        reader.Map(4, "the protected header");
        reader.Key(1);
        var algorithm = reader.Integer("alg");
        if (algorithm is not (EdDsa or Ed25519))
        {
            throw reader.Wrong("alg must be -8 (EdDSA) or -19 (Ed25519).");
        }

        reader.Key(3);
        var kind = StatementKind.Find(reader.Text("content type", 128)) ?? throw reader.Wrong("the content type is none of this format's.");
        reader.Key(4);
        var keyId = new NodeId(reader.Digest("kid"));
        reader.Key(15);
        var header = ReadClaims(reader, kind, (int)algorithm, keyId);
        reader.EndMap();
        return header;
    }

    private void Write(CborWriter writer)
    {
        writer.WriteStartMap(4);
        writer.WriteInt32(1);
        writer.WriteInt32(Algorithm);
        writer.WriteInt32(3);
        writer.WriteTextString(Kind.ContentType);
        writer.WriteInt32(4);
        writer.WriteDigest(KeyId.Thumbprint);
        writer.WriteInt32(15);
        writer.WriteStartMap(5);
        writer.WriteInt32(1);
        writer.WriteTextString(Issuer);
        writer.WriteInt32(2);
        writer.WriteTextString(Subject);
        writer.WriteInt32(6);
        writer.WriteInt64(IssuedAtSeconds);
        writer.WriteInt32(7);
        Span<byte> counter = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(counter, Counter);
        writer.WriteByteString(counter);
        writer.WriteInt32(8);
        writer.WriteStartMap(1);
        writer.WriteInt32(1);
        Key.WriteCoseKey(writer);
        writer.WriteEndMap();
        writer.WriteEndMap();
        writer.WriteEndMap();
    }

    private static StatementHeader ReadClaims(ShapeReader reader, StatementKind kind, int algorithm, NodeId keyId)
    {
        reader.Map(5, "the CWT claims");
        reader.Key(1);
        var issuer = reader.Text("iss", MaxNameBytes);
        reader.Key(2);
        var subject = reader.Text("sub", MaxNameBytes);
        reader.Key(6);
        var issuedAt = reader.Integer("iat");
        reader.Key(7);
        var counter = BinaryPrimitives.ReadUInt64BigEndian(reader.Bytes("cti", 8).Span);
        reader.Key(8);
        reader.Map(1, "cnf");
        reader.Key(1);
        var key = PublicKey.ReadCoseKey(reader);
        reader.EndMap();
        reader.EndMap();
        return new StatementHeader
        {
            Kind = kind,
            Algorithm = algorithm,
            KeyId = keyId,
            Issuer = issuer,
            Subject = subject,
            IssuedAtSeconds = issuedAt,
            Counter = counter,
            Key = key,
        };
    }
}
