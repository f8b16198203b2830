using Ailee.Vcp.Core.Cbor;
using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Core.Statements;

namespace Ailee.Vcp.Core.Traces;

/// <summary>The bytes of a trace's leaves: first a start, then blocks of host calls, last a finish.</summary>
public static class TraceLeaf
{
    /// <summary>Host calls in every block but the last.</summary>
    public const int RecordsPerBlock = 4096;

    private const int StartKind = 0;
    private const int BlockKind = 1;
    private const int FinishKind = 2;

    /// <summary>The first leaf.</summary>
    public static byte[] Encode(TraceItem.Start start) => CborWriting.Encode(start, static (writer, start) =>
    {
        writer.WriteStartArray(5);
        writer.WriteInt32(StartKind);
        writer.WriteDigest(start.Profile);
        writer.WriteDigest(start.Module);
        writer.WriteTextString(start.Entrypoint);
        writer.WriteDigest(start.Input);
        writer.WriteEndArray();
    });

    /// <summary>The last leaf.</summary>
    public static byte[] Encode(TraceItem.Finish finish) => CborWriting.Encode(finish, static (writer, finish) =>
    {
        writer.WriteStartArray(6);
        writer.WriteInt32(FinishKind);
        writer.WriteInt32((int)finish.Outcome);
        writer.WriteInt64(finish.ExitCode);
        writer.WriteDigest(finish.Output);
        writer.WriteInt64(finish.Instructions);
        writer.WriteInt64(finish.MemoryPages);
        writer.WriteEndArray();
    });

    /// <summary>What a leaf tells: one start, one finish, or 1 to <see cref="RecordsPerBlock"/> calls; null with a fault if it is none.</summary>
    public static IReadOnlyList<TraceItem>? TryDecode(ReadOnlyMemory<byte> leaf, out CborFault? fault) => ShapeDecoding.Try(() => Read(leaf), out fault);

    private static IReadOnlyList<TraceItem> Read(ReadOnlyMemory<byte> leaf)
    {
        var reader = new ShapeReader(leaf, "trace leaf");
        var length = reader.Array("a leaf");
        if (length == 0)
        {
            throw reader.Wrong("a leaf must not be empty.");
        }

        IReadOnlyList<TraceItem> items = (reader.Integer("the kind of a leaf"), length) switch
        {
            (StartKind, 5) => [ReadStart(reader)],
            (BlockKind, 2) => ReadBlock(reader),
            (FinishKind, 6) => [ReadFinish(reader)],
            _ => throw reader.Wrong("there is no leaf of this kind and length."),
        };
        reader.EndArray();
        return items;
    }

    private static TraceItem.Start ReadStart(ShapeReader reader) => new(
        reader.Digest("profile"),
        reader.Digest("module"),
        reader.Text("entrypoint", StatementPayload.MaxEntrypointBytes),
        reader.Digest("input"));

    private static TraceItem.Finish ReadFinish(ShapeReader reader)
    {
        var outcome = reader.Integer("outcome");
        return outcome is >= 0 and <= (long)Outcome.OutputLimit
            ? new TraceItem.Finish((Outcome)outcome, reader.Integer("exit code"), reader.Digest("output"), Count(reader, "instructions"), Count(reader, "memory pages"))
            : throw reader.Wrong("there is no such outcome.");
    }

    private static long Count(ShapeReader reader, string name) => reader.Integer(name) is >= 0 and var value ? value : throw reader.Wrong($"{name} is negative.");

    private static TraceItem[] ReadBlock(ShapeReader reader)
    {
        var count = reader.Array("a block");
        if (count is 0 or > RecordsPerBlock)
        {
            throw reader.Wrong($"a block has 1 to {RecordsPerBlock} records.");
        }

        var calls = new TraceItem[count];
        for (var i = 0; i < count; i++)
        {
            calls[i] = ReadCall(reader);
        }

        reader.EndArray();
        return calls;
    }

    private static TraceItem.HostCall ReadCall(ShapeReader reader)
    {
        const int MaxNameBytes = 64;
        const int MaxArguments = 16;
        reader.Array(5, "a record");
        var name = reader.Text("a name", MaxNameBytes);
        var count = reader.Array("arguments");
        if (count > MaxArguments)
        {
            throw reader.Wrong($"a record has at most {MaxArguments} arguments.");
        }

        var arguments = new ulong[count];
        for (var i = 0; i < count; i++)
        {
            arguments[i] = reader.Unsigned("an argument");
        }

        reader.EndArray();
        var errno = reader.Integer("errno");
        Digest? moved = reader.TryNull() ? null : reader.Digest("moved");
        var call = errno is >= 0 and <= ushort.MaxValue
            ? new TraceItem.HostCall(name, arguments, (int)errno, moved, Count(reader, "instructions"))
            : throw reader.Wrong("an errno has 16 bits.");
        reader.EndArray();
        return call;
    }
}
