using System.Formats.Cbor;
using Ailee.Vcp.Core.Cbor;
using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Core.Merkle;
using Ailee.Vcp.Core.Traces;

namespace Ailee.Vcp.Core.Tests.Traces;

/// <summary>Traces made of given calls, written with a general CBOR writer.</summary>
internal static class SampleTrace
{
    public static readonly TraceItem.Start Start = new(Digest.Of("p"u8), Digest.Of("m"u8), "run", Digest.Of("i"u8));

    public static readonly TraceItem.Finish Finish = new(Outcome.Completed, 0, Digest.Of("o"u8), 1_000_000, 2);

    public static TraceItem.HostCall Call(int number) => new("fd_write", [1, ulong.MaxValue], 0, Digest.Of("moved"u8), 100 * (number + 1));

    public static KeptTrace Of(IEnumerable<TraceItem.HostCall> calls, TraceItem.Start? start = null, TraceItem.Finish? finish = null)
    {
        List<ReadOnlyMemory<byte>> leaves = [TraceLeaf.Encode(start ?? Start), .. calls.Chunk(TraceLeaf.RecordsPerBlock).Select(Block), TraceLeaf.Encode(finish ?? Finish)];
        return KeptTrace.Of(ContentHash.Sha256, [.. leaves.Select(leaf => MerkleHash.Leaf(leaf.Span))], leaves);
    }

    /// <summary>The same trace without some of its leaves.</summary>
    public static KeptTrace Without(this KeptTrace trace, params int[] missing) =>
        trace with { Leaves = [.. trace.Leaves.Select((leaf, index) => missing.Contains(index) ? null : leaf)] };

    private static ReadOnlyMemory<byte> Block(TraceItem.HostCall[] calls) => CborWriting.Encode(calls, static (writer, calls) =>
    {
        writer.WriteStartArray(2);
        writer.WriteInt32(1);
        writer.WriteStartArray(calls.Length);
        foreach (var call in calls)
        {
            Write(writer, call);
        }

        writer.WriteEndArray();
        writer.WriteEndArray();
    });

    private static void Write(CborWriter writer, TraceItem.HostCall call)
    {
        writer.WriteStartArray(5);
        writer.WriteTextString(call.Name);
        writer.WriteStartArray(call.Arguments.Count);
        foreach (var argument in call.Arguments)
        {
            writer.WriteUInt64(argument);
        }

        writer.WriteEndArray();
        writer.WriteInt32(call.Errno);
        if (call.Moved is { } moved)
        {
            writer.WriteDigest(moved);
        }
        else
        {
            writer.WriteNull();
        }

        writer.WriteInt64(call.Instructions);
        writer.WriteEndArray();
    }
}
