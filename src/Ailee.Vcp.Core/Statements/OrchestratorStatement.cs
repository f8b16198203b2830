using Ailee.Vcp.Core.Cbor;
using Ailee.Vcp.Core.Cose;

namespace Ailee.Vcp.Core.Statements;

/// <summary>An orchestrator's statement whose bytes are well-formed, canonical and of the right shape. Nothing is said of its signature yet.</summary>
public sealed class OrchestratorStatement
{
    private OrchestratorStatement(ReadOnlyMemory<byte> bytes, CoseSign1 envelope, StatementHeader header, OrchestratorPayload payload)
    {
        Bytes = bytes;
        Envelope = envelope;
        Header = header;
        Payload = payload;
    }

    /// <summary>The whole file, without receipts.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>The COSE structure.</summary>
    public CoseSign1 Envelope { get; }

    /// <summary>The protected header.</summary>
    public StatementHeader Header { get; }

    /// <summary>What is stated.</summary>
    public OrchestratorPayload Payload { get; }

    /// <summary>SHA-256 of the bytes.</summary>
    public Digest Id => Digest.Of(Bytes.Span);

    /// <summary>Reads a statement. Null and a fault if the bytes are anything else.</summary>
    public static OrchestratorStatement? TryDecode(ReadOnlyMemory<byte> bytes, out CborFault? fault)
    {
        if (bytes.Length > SignedStatement.MaxSizeBytes)
        {
            fault = new CborFault(CborFaultKind.WrongShape, $"statement: longer than {SignedStatement.MaxSizeBytes} bytes.");
            return null;
        }

        return ShapeDecoding.Try(
            () =>
            {
                var envelope = CoseSign1.Read(bytes);
                var header = StatementHeader.Read(envelope.Protected);
                return new OrchestratorStatement(bytes, envelope, header, OrchestratorPayloadCodec.Read(header.Kind, envelope.Payload));
            },
            out fault);
    }

    /// <summary>Signs a payload.</summary>
    /// <param name="key">The orchestrator's key.</param>
    /// <param name="payload">What is stated.</param>
    /// <param name="issuedAtSeconds">Seconds since 1970-01-01T00:00:00Z.</param>
    /// <param name="counter">A value that this key never used before.</param>
    public static OrchestratorStatement Sign(SigningKey key, OrchestratorPayload payload, long issuedAtSeconds, ulong counter)
    {
        var header = StatementHeader.Create(payload.Kind, key.PublicKey, payload.Subject, issuedAtSeconds, counter);
        var envelope = CoseSign1.Sign(key, header.Encode(), OrchestratorPayloadCodec.Encode(payload));
        return new OrchestratorStatement(envelope.Encode(), envelope, header, payload);
    }
}
