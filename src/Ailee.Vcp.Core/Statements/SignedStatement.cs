using Ailee.Vcp.Core.Cbor;
using Ailee.Vcp.Core.Cose;

namespace Ailee.Vcp.Core.Statements;

/// <summary>A node's statement about an execution, whose bytes are well-formed, canonical and of the right shape. Nothing is said of its signature yet.</summary>
public sealed class SignedStatement
{
    /// <summary>More bytes than any statement can have.</summary>
    public const int MaxSizeBytes = 4096;

    private SignedStatement(ReadOnlyMemory<byte> bytes, CoseSign1 envelope, StatementHeader header, StatementPayload payload)
    {
        Bytes = bytes;
        Envelope = envelope;
        Header = header;
        Payload = payload;
    }

    /// <summary>The whole file.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>The COSE structure.</summary>
    public CoseSign1 Envelope { get; }

    /// <summary>The protected header.</summary>
    public StatementHeader Header { get; }

    /// <summary>The claims about the execution.</summary>
    public StatementPayload Payload { get; }

    /// <summary>SHA-256 of the bytes; names the proof.</summary>
    public Digest Id => Digest.Of(Bytes.Span);

    /// <summary>SHA-256 of the payload: two statements agree exactly if these are equal.</summary>
    public Digest PayloadDigest => Digest.Of(Envelope.Payload.Span);

    /// <summary>Reads a statement. Null and a fault if the bytes are anything else.</summary>
    public static SignedStatement? TryDecode(ReadOnlyMemory<byte> bytes, out CborFault? fault)
    {
        if (bytes.Length > MaxSizeBytes)
        {
            fault = new CborFault(CborFaultKind.WrongShape, $"statement: longer than {MaxSizeBytes} bytes.");
            return null;
        }

        return ShapeDecoding.Try(
            () =>
            {
                var envelope = CoseSign1.Read(bytes);
                return new SignedStatement(bytes, envelope, ReadHeader(envelope), StatementPayloadCodec.Read(envelope.Payload));
            },
            out fault);
    }

    /// <summary>Signs a payload.</summary>
    /// <param name="key">The node's key.</param>
    /// <param name="payload">The claims, with their execution hash.</param>
    /// <param name="issuedAtSeconds">Seconds since 1970-01-01T00:00:00Z.</param>
    /// <param name="counter">A value that this key never used before.</param>
    public static SignedStatement Sign(SigningKey key, StatementPayload payload, long issuedAtSeconds, ulong counter)
    {
        var header = StatementHeader.Create(StatementKind.Execution, key.PublicKey, StatementKind.TaskPrefix + payload.Task, issuedAtSeconds, counter);
        var envelope = CoseSign1.Sign(key, header.Encode(), StatementPayloadCodec.Encode(payload));
        return new SignedStatement(envelope.Encode(), envelope, header, payload);
    }

    private static StatementHeader ReadHeader(CoseSign1 envelope)
    {
        var header = StatementHeader.Read(envelope.Protected);
        return header.Kind == StatementKind.Execution
            ? header
            : throw new CborShapeException(new CborFault(CborFaultKind.WrongShape, $"statement: about an execution expected, not of kind {header.Kind.Name}."));
    }
}
