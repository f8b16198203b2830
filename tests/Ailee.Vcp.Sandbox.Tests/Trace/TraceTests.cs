using System.Formats.Cbor;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Core.Merkle;
using Ailee.Vcp.Core.Statements;
using Ailee.Vcp.Sandbox.Engine;
using Ailee.Vcp.Sandbox.Trace;

namespace Ailee.Vcp.Sandbox.Tests.Trace;

public sealed class TraceTests(SandboxFixture fixture)
{
    // 100 instructions for the call itself, and what the loop around it costs.
    private const string Yields = """
        (module
          (import "wasi_snapshot_preview1" "sched_yield" (func $yield (result i32)))
          (func (export "run") (param $left i32)
            (loop $again
              (drop (call $yield))
              (br_if $again (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))))
        """;

    [Fact]
    public async Task Leaves_NoHostCalls_StartAndFinish()
    {
        const string Wat = """(module (memory 3) (func (export "run") (result i32) (i32.const 5)))""";

        var result = await fixture.ConcludeAsync(Wat);

        var trace = DecodedTrace.Of(result.Trace);
        Assert.Equal(2, result.Trace.LeafCount);
        Assert.Equal(new TraceStart(EngineProfile.Digest, Digest.Of(SandboxFixture.Wat(Wat)), "run", Digest.Of(result.InvocationBytes.Span)), trace.Start);
        Assert.Equal(new TraceFinish(0, 0, Digest.Of(result.OutputBytes.Span), result.Instructions, 3), trace.Finish);
    }

    [Theory]
    [InlineData("unreachable", Outcome.Trapped)]
    [InlineData("(loop $again (br $again))", Outcome.OutOfFuel)]
    public async Task Finish_OtherOutcomes_SaysWhich(string body, Outcome outcome)
    {
        var result = await fixture.ConcludeAsync($"""(module (func (export "run") {body}))""");

        Assert.Equal(
            new TraceFinish((int)outcome, StatementPayload.NoExit, Digest.Of(result.OutputBytes.Span), result.Instructions, 0),
            DecodedTrace.Of(result.Trace).Finish);
    }

    [Fact]
    public async Task Calls_OfEachKind_HaveNameArgumentsErrnoAndWhatMoved()
    {
        var run = await new GuestScript()
            .Data(100, "abc"u8).Vectors(0, (100, 3))
            .Call("fd_write", 1, 0, 1, 64)
            .Call("fd_close", -1)
            .Call("fd_seek", 0, -2, 1, -3)
            .Call("random_get", 200, 5)
            .Call("clock_time_get", 0, 1, 300)
            .Call("path_symlink", 10, 11, 5, 12, 13)
            .Call("proc_exit", -1)
            .RunAsync(fixture, SandboxFixture.Function() with { ClockNanoseconds = 41_000_000 });

        var calls = DecodedTrace.Of(run.Result.Trace).Calls;
        AssertCall(calls[0], "fd_write", [1, 0, 1, 64], 0, [.. "abc"u8, 3, 0, 0, 0]);
        AssertCall(calls[1], "fd_close", [0xffffffff], 8, null);
        AssertCall(calls[2], "fd_seek", [0, 0xfffffffffffffffe, 1, 0xfffffffd], 70, null);
        AssertCall(calls[3], "random_get", [200, 5], 0, RandomBytes(5));
        AssertCall(calls[4], "clock_time_get", [0, 1, 300], 0, BitConverter.GetBytes(42_000_000L));
        AssertCall(calls[5], "path_symlink", [5, 10, 11, 12, 13], 8, null);
        AssertCall(calls[6], "proc_exit", [0xffffffff], 0, null);
        Assert.Equal(7, calls.Count);
    }

    [Fact]
    public async Task Calls_Instructions_AreThoseSoFar()
    {
        var result = await fixture.ConcludeAsync(Yields, invocation: SandboxFixture.Function(SandboxFixture.I32(100)));

        var instructions = DecodedTrace.Of(result.Trace).Calls.Select(call => call.Instructions).ToList();
        var steps = instructions.Zip(instructions.Skip(1), (earlier, later) => later - earlier).Distinct();
        Assert.Equal(100, instructions.Count);
        Assert.True(Assert.Single(steps) > GasSchedule.HostCall);
        Assert.InRange(result.Instructions, instructions[^1], instructions[^1] + 20);
    }

    [Fact]
    public async Task Calls_CallThatRanOutOfFuel_HasNoRecord()
    {
        var invocation = SandboxFixture.Function(SandboxFixture.I32(1000)) with { Limits = SandboxFixture.DefaultLimits with { Instructions = 1050 } };

        var result = await fixture.ConcludeAsync(Yields, invocation: invocation);

        // 9 calls of a little over 100 each fit into 1050; the tenth could not be paid.
        Assert.Equal(Outcome.OutOfFuel, result.Outcome);
        Assert.Equal(9, DecodedTrace.Of(result.Trace).Calls.Count);
    }

    [Theory]
    [InlineData(1, new[] { 1 })]
    [InlineData(4095, new[] { 4095 })]
    [InlineData(4096, new[] { 4096 })]
    [InlineData(4097, new[] { 4096, 1 })]
    [InlineData(8192, new[] { 4096, 4096 })]
    [InlineData(8193, new[] { 4096, 4096, 1 })]
    public async Task Blocks_NumberOfCalls_AreFullButTheLast(int calls, int[] blocks)
    {
        var result = await fixture.ConcludeAsync(Yields, invocation: SandboxFixture.Function(SandboxFixture.I32(calls)));

        var trace = DecodedTrace.Of(result.Trace);
        Assert.Equal(blocks, trace.Blocks.Select(block => block.Count));
        Assert.Equal(blocks.Length + 2, result.Trace.LeafCount);
        AssertRoot(result.Trace);
    }

    [Fact]
    public async Task Root_AnyRun_IsTheTreeOverTheLeaves()
    {
        var result = await fixture.ConcludeAsync(SandboxFixture.Guest("everything.wat"), "_start", SandboxFixture.Command());

        AssertRoot(result.Trace);
    }

    [Fact]
    public void Leaves_BeyondWhatIsKept_AreAPrefixAndTheRootCoversAll()
    {
        using var recorder = new TraceRecorder(ContentHash.Sha256);
        var tree = new MerkleTreeBuilder();
        recorder.Start(default, "run", default);
        var records = 0;
        for (; records < 300 * TraceRecorder.RecordsPerBlock; records++)
        {
            recorder.HostCall("path_filestat_set_times", [1, 2, 3, 4, ulong.MaxValue, ulong.MaxValue, 7], 54, default(Digest), records);
        }

        var trace = recorder.Finish(Outcome.Completed, 0, default, records, 0);

        var kept = trace.Leaves.Sum(leaf => (long)leaf.Length);
        Assert.Equal(302, trace.LeafCount);
        Assert.InRange(kept, (16 * 1024 * 1024) - trace.Leaves[1].Length, 16 * 1024 * 1024);
        // Records keep their order, so the kept leaves are the first ones, without a gap.
        Assert.Equal(
            Enumerable.Range(0, (trace.Leaves.Count - 1) * TraceRecorder.RecordsPerBlock).Select(i => (long)i),
            trace.Leaves.Skip(1).SelectMany(DecodedTrace.ReadBlock).Select(call => call.Instructions));
        foreach (var leaf in trace.Leaves)
        {
            tree.Append(MerkleHash.Leaf(leaf.Span));
        }

        Assert.NotEqual(tree.Root(), trace.Root);
    }

    [Fact]
    public void Leaves_KeptFromALaterOne_AreTheFollowingOnes()
    {
        ExecutionTrace Record(int from)
        {
            using var recorder = new TraceRecorder(ContentHash.Sha256, from);
            recorder.Start(default, "run", default);
            for (var i = 0; i < 3 * TraceRecorder.RecordsPerBlock; i++)
            {
                recorder.HostCall("sched_yield", [], 0, null, i);
            }

            return recorder.Finish(Outcome.Completed, 0, default, 0, 0);
        }

        var (whole, part, last) = (Record(0), Record(2), Record(4));

        Assert.Equal((whole.Root, 5L, 2), (part.Root, part.LeafCount, part.FirstKept));
        Assert.Equal(whole.Leaves.Skip(2).Select(leaf => leaf.ToArray()), part.Leaves.Select(leaf => leaf.ToArray()));
        Assert.Equal(whole.Leaves[4].ToArray(), Assert.Single(last.Leaves).ToArray());
        Assert.Equal(whole.LeafHashes, whole.Leaves.Select(leaf => MerkleHash.Leaf(leaf.Span)));
    }

    // What the recorder writes by hand is what a general writer writes.
    [Fact]
    public void Records_OfEveryWidth_AreTheShortestEncoding()
    {
        ulong[] numbers = [0, 23, 24, 255, 256, 65535, 65536, uint.MaxValue, 1ul << 32, long.MaxValue];
        foreach (var number in numbers)
        {
            foreach (var moved in new Digest?[] { null, Digest.Of("moved"u8) })
            {
                var name = new string('n', (int)Math.Min(number, 30)) + "é";
                ulong[] arguments = [number, ulong.MaxValue, number + 1];
                var buffer = new byte[TraceRecord.MaxBytes(name, arguments.Length)];
                var length = TraceRecord.Write(buffer, name, arguments, (int)Math.Min(number, int.MaxValue), moved, (long)number);

                Assert.Equal(Encoded(name, arguments, (int)Math.Min(number, int.MaxValue), moved, (long)number), buffer[..length]);
            }
        }
    }

    [Fact]
    public async Task Recorder_FiveMillionCalls_KeepsAtMost16MiBAndCountsEveryLeaf()
    {
        const int Calls = 5_000_000;
        var invocation = SandboxFixture.Function(SandboxFixture.I32(Calls)) with { Limits = SandboxFixture.DefaultLimits with { Instructions = 1_000_000_000 } };

        var result = await fixture.ConcludeAsync(SandboxFixture.Guest("host-calls.wat"), "yields", invocation);

        var blocks = (Calls + TraceRecorder.RecordsPerBlock - 1) / TraceRecorder.RecordsPerBlock;
        Assert.Equal((blocks + 2, blocks + 2), (result.Trace.LeafCount, result.Trace.LeafHashes.Count));
        Assert.InRange(result.Trace.Leaves.Sum(leaf => (long)leaf.Length), TraceRecorder.KeptBytes / 2, TraceRecorder.KeptBytes);
        Assert.Equal(result.Trace.Root, result.Trace.ToKept().Root());
        Assert.Null(result.Trace.ToKept().Leaves[^1]);
    }

    private static byte[] Encoded(string name, ulong[] arguments, int errno, Digest? moved, long instructions)
    {
        var writer = new CborWriter(CborConformanceMode.Strict);
        writer.WriteStartArray(5);
        writer.WriteTextString(name);
        writer.WriteStartArray(arguments.Length);
        foreach (var argument in arguments)
        {
            writer.WriteUInt64(argument);
        }

        writer.WriteEndArray();
        writer.WriteInt32(errno);
        if (moved is { } digest)
        {
            writer.WriteByteString(digest.ToArray());
        }
        else
        {
            writer.WriteNull();
        }

        writer.WriteInt64(instructions);
        writer.WriteEndArray();
        return writer.Encode();
    }

    private static byte[] RandomBytes(int count)
    {
        var bytes = new byte[count];
        new Sandbox.Wasi.SeededRandom(new byte[32]).Fill(bytes);
        return bytes;
    }

    private static void AssertCall(TraceCall call, string name, ulong[] arguments, int errno, byte[]? moved)
    {
        Assert.Equal(name, call.Name);
        Assert.Equal(arguments, call.Arguments);
        Assert.Equal(errno, call.Errno);
        Assert.Equal(moved is null ? null : Digest.Of(moved), call.Moved);
    }

    private static void AssertRoot(ExecutionTrace trace)
    {
        var tree = new MerkleTreeBuilder();
        foreach (var leaf in trace.Leaves)
        {
            tree.Append(MerkleHash.Leaf(leaf.Span));
        }

        Assert.Equal(tree.Root(), trace.Root);
        Assert.Equal(tree.Count, trace.LeafCount);
    }
}
