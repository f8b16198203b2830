using Ailee.Vcp.Core.Cbor;
using Ailee.Vcp.Core.Cose;

namespace Ailee.Vcp.Core.Statements;

/// <summary>
/// A statement of any kind as a file: the signed statement, and the receipts of logs that hold it in header 394 (a Transparent
/// Statement of RFC 9943). Without receipts it is the statement itself. Nothing is said of any signature yet.
/// </summary>
/// <param name="Statement">The statement with an empty unprotected header: what was signed, named and logged.</param>
/// <param name="Receipts">The encoded receipts, none to <see cref="MaxReceipts"/>.</param>
public sealed record TransparentStatement(ReadOnlyMemory<byte> Statement, IReadOnlyList<ReadOnlyMemory<byte>> Receipts)
{
    /// <summary>Header parameter of receipts (RFC 9942).</summary>
    public const int ReceiptsHeader = 394;

    /// <summary>Most receipts of one statement.</summary>
    public const int MaxReceipts = 8;

    /// <summary>More bytes than any transparent statement can have.</summary>
    public const int MaxSizeBytes = SignedStatement.MaxSizeBytes + (MaxReceipts * Log.Receipt.MaxSizeBytes);

    /// <summary>The file.</summary>
    /// <exception cref="ArgumentException">The statement is no COSE_Sign1 with an empty unprotected header.</exception>
    public byte[] Encode()
    {
        if (Receipts.Count == 0)
        {
            return Statement.ToArray();
        }

        var envelope = ShapeDecoding.Try(() => CoseSign1.Read(Statement), out var fault) ?? throw new ArgumentException(fault!.Detail);
        return envelope.Encode(writer =>
        {
            writer.WriteStartMap(1);
            writer.WriteInt32(ReceiptsHeader);
            writer.WriteStartArray(Receipts.Count);
            foreach (var receipt in Receipts)
            {
                writer.WriteByteString(receipt.Span);
            }

            writer.WriteEndArray();
            writer.WriteEndMap();
        });
    }

    /// <summary>Takes a file apart. Null and a fault if it is no tagged COSE_Sign1, or its unprotected header holds anything but receipts.</summary>
    public static TransparentStatement? TryDecode(ReadOnlyMemory<byte> bytes, out CborFault? fault)
    {
        if (bytes.Length > MaxSizeBytes)
        {
            fault = new CborFault(CborFaultKind.WrongShape, $"statement: longer than {MaxSizeBytes} bytes.");
            return null;
        }

        return ShapeDecoding.Try(
            () =>
            {
                var receipts = new List<ReadOnlyMemory<byte>>();
                var reader = new ShapeReader(bytes, "statement");
                var envelope = CoseSign1.Read(reader, () => ReadReceipts(reader, receipts));
                return new TransparentStatement(receipts.Count == 0 ? bytes : envelope.Encode(), receipts);
            },
            out fault);
    }

    private static void ReadReceipts(ShapeReader reader, List<ReadOnlyMemory<byte>> receipts)
    {
        var entries = reader.Map("the unprotected header");
        if (entries > 1)
        {
            throw reader.Wrong("the unprotected header must hold nothing but receipts.");
        }

        if (entries == 1)
        {
            reader.Key(ReceiptsHeader);
            var count = reader.Array("the receipts");
            if (count is < 1 or > MaxReceipts)
            {
                throw reader.Wrong($"there must be 1 to {MaxReceipts} receipts.");
            }

            for (var i = 0; i < count; i++)
            {
                receipts.Add(reader.Bytes("a receipt"));
            }

            reader.EndArray();
        }

        reader.EndMap();
    }
}
