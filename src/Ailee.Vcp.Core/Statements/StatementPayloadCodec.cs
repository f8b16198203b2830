using System.Formats.Cbor;
using Ailee.Vcp.Core.Cbor;
using Ailee.Vcp.Core.Execution;

namespace Ailee.Vcp.Core.Statements;

/// <summary>The payload's CBOR map, keys 1 to 17 in order.</summary>
internal static class StatementPayloadCodec
{
    private const int Keys = 17;

    public static byte[] Encode(StatementPayload payload) => CborWriting.Encode(payload, Write);

    public static StatementPayload Read(ReadOnlyMemory<byte> data)
    {
        var reader = new ShapeReader(data, "payload");
        reader.Map(Keys, "the payload");
        if (Keyed(reader, 1).Integer("version") != StatementPayload.Version)
        {
            throw reader.Wrong("version must be 1.");
        }

        var payload = new StatementPayload
        {
            Task = TaskId.FromBytes(Keyed(reader, 2).Bytes("task id", TaskId.SizeBytes).Span),
            Nonce = Nonce.FromBytes(Keyed(reader, 3).Bytes("nonce", Nonce.SizeBytes).Span),
            Profile = Keyed(reader, 4).Digest("profile"),
            Module = Keyed(reader, 5).Digest("module"),
            Entrypoint = Keyed(reader, 6).Text("entrypoint", StatementPayload.MaxEntrypointBytes),
            Input = Keyed(reader, 7).Digest("input"),
            Outcome = (Outcome)Bounded(reader, 8, "outcome", 0, (long)Outcome.OutputLimit),
            ExitCode = Bounded(reader, 9, "exit code", StatementPayload.NoExit, uint.MaxValue),
            Output = Keyed(reader, 10).Digest("output"),
            TraceRoot = Keyed(reader, 11).Digest("trace root"),
            TraceLeaves = Bounded(reader, 12, "trace leaf count", 2, long.MaxValue),
            Instructions = Bounded(reader, 13, "instructions", 0, long.MaxValue),
            Gas = Bounded(reader, 14, "gas", 0, long.MaxValue),
            MemoryPages = Bounded(reader, 15, "memory pages", 0, 65536),
            ExecutionHash = Keyed(reader, 16).Digest("execution hash"),
            Hash = ContentHash.Find(Keyed(reader, 17).Text("hash name", 16)) ?? throw reader.Wrong($"hash name must be {ContentHash.Sha256} or {ContentHash.Sha3}."),
        };

        if ((payload.Outcome == Outcome.Completed) == (payload.ExitCode == StatementPayload.NoExit))
        {
            throw reader.Wrong("exactly a completed guest has an exit code.");
        }

        return payload;
    }

    private static void Write(CborWriter writer, StatementPayload payload)
    {
        writer.WriteStartMap(Keys);
        writer.WriteInt32(1);
        writer.WriteInt32(StatementPayload.Version);
        writer.WriteInt32(2);
        writer.WriteByteString(payload.Task.ToArray());
        writer.WriteInt32(3);
        writer.WriteByteString(payload.Nonce.ToArray());
        writer.WriteInt32(4);
        writer.WriteDigest(payload.Profile);
        writer.WriteInt32(5);
        writer.WriteDigest(payload.Module);
        writer.WriteInt32(6);
        writer.WriteTextString(payload.Entrypoint);
        writer.WriteInt32(7);
        writer.WriteDigest(payload.Input);
        writer.WriteInt32(8);
        writer.WriteInt32((int)payload.Outcome);
        writer.WriteInt32(9);
        writer.WriteInt64(payload.ExitCode);
        writer.WriteInt32(10);
        writer.WriteDigest(payload.Output);
        writer.WriteInt32(11);
        writer.WriteDigest(payload.TraceRoot);
        writer.WriteInt32(12);
        writer.WriteInt64(payload.TraceLeaves);
        writer.WriteInt32(13);
        writer.WriteInt64(payload.Instructions);
        writer.WriteInt32(14);
        writer.WriteInt64(payload.Gas);
        writer.WriteInt32(15);
        writer.WriteInt64(payload.MemoryPages);
        writer.WriteInt32(16);
        writer.WriteDigest(payload.ExecutionHash);
        writer.WriteInt32(17);
        writer.WriteTextString(payload.Hash.Name);
        writer.WriteEndMap();
    }

    private static ShapeReader Keyed(ShapeReader reader, long key)
    {
        reader.Key(key);
        return reader;
    }

    private static long Bounded(ShapeReader reader, long key, string name, long minimum, long maximum)
    {
        var value = Keyed(reader, key).Integer(name);
        return value >= minimum && value <= maximum ? value : throw reader.Wrong($"{name} is out of range.");
    }
}
