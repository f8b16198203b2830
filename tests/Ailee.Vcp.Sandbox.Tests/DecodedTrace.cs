using System.Formats.Cbor;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Cbor;
using Ailee.Vcp.Sandbox.Trace;

namespace Ailee.Vcp.Sandbox.Tests;

/// <summary>A trace read back with nothing but a CBOR reader. Reading checks the encoding and the shape of every leaf.</summary>
internal sealed record DecodedTrace(TraceStart Start, IReadOnlyList<IReadOnlyList<TraceCall>> Blocks, TraceFinish Finish)
{
    public IReadOnlyList<TraceCall> Calls => [.. Blocks.SelectMany(block => block)];

    public static DecodedTrace Of(ExecutionTrace trace)
    {
        Assert.Equal(trace.LeafCount, trace.Leaves.Count);
        Assert.All(trace.Leaves, leaf => Assert.Null(DeterministicCbor.Check(leaf.Span)));
        return new DecodedTrace(ReadStart(trace.Leaves[0]), [.. trace.Leaves.Skip(1).SkipLast(1).Select(ReadBlock)], ReadFinish(trace.Leaves[^1]));
    }

    public static IReadOnlyList<TraceCall> ReadBlock(ReadOnlyMemory<byte> leaf)
    {
        var reader = Open(leaf, 2, 1);
        var calls = new List<TraceCall>();
        for (var left = reader.ReadStartArray(); left > 0; left--)
        {
            calls.Add(ReadCall(reader));
        }

        reader.ReadEndArray();
        Close(reader);
        return calls;
    }

    private static TraceStart ReadStart(ReadOnlyMemory<byte> leaf)
    {
        var reader = Open(leaf, 5, 0);
        var start = new TraceStart(ReadDigest(reader), ReadDigest(reader), reader.ReadTextString(), ReadDigest(reader));
        Close(reader);
        return start;
    }

    private static TraceFinish ReadFinish(ReadOnlyMemory<byte> leaf)
    {
        var reader = Open(leaf, 6, 2);
        var finish = new TraceFinish(reader.ReadInt32(), reader.ReadInt64(), ReadDigest(reader), reader.ReadInt64(), reader.ReadInt64());
        Close(reader);
        return finish;
    }

    private static TraceCall ReadCall(CborReader reader)
    {
        Assert.Equal(5, reader.ReadStartArray());
        var name = reader.ReadTextString();
        var arguments = new List<ulong>();
        for (var left = reader.ReadStartArray(); left > 0; left--)
        {
            arguments.Add(reader.ReadUInt64());
        }

        reader.ReadEndArray();
        var errno = reader.ReadInt32();
        Digest? moved = null;
        if (reader.PeekState() == CborReaderState.Null)
        {
            reader.ReadNull();
        }
        else
        {
            moved = ReadDigest(reader);
        }

        var instructions = reader.ReadInt64();
        reader.ReadEndArray();
        return new TraceCall(name, arguments, errno, moved, instructions);
    }

    private static CborReader Open(ReadOnlyMemory<byte> leaf, int length, int kind)
    {
        var reader = new CborReader(leaf, CborConformanceMode.Strict);
        Assert.Equal(length, reader.ReadStartArray());
        Assert.Equal(kind, reader.ReadInt32());
        return reader;
    }

    private static void Close(CborReader reader)
    {
        reader.ReadEndArray();
        Assert.Equal(0, reader.BytesRemaining);
    }

    private static Digest ReadDigest(CborReader reader) => new(reader.ReadByteString());
}

internal sealed record TraceStart(Digest Profile, Digest Module, string Entrypoint, Digest Input);

internal sealed record TraceCall(string Name, IReadOnlyList<ulong> Arguments, int Errno, Digest? Moved, long Instructions);

internal sealed record TraceFinish(int Outcome, long ExitCode, Digest Output, long Instructions, long MemoryPages);
