using Ailee.Vcp.Core.Merkle;
using Ailee.Vcp.Core.Statements;
using Ailee.Vcp.Core.Tests.Statements;
using Ailee.Vcp.Core.Traces;

namespace Ailee.Vcp.Core.Tests.Traces;

/// <summary>Traces in files, leaves, and what a trace must say beside a statement.</summary>
public sealed class TraceFileTests
{
    private static readonly KeptTrace Trace = SampleTrace.Of(Enumerable.Range(0, 4100).Select(SampleTrace.Call));

    [Fact]
    public void Write_Whole_IsTheLeavesOneAfterTheOther() =>
        Assert.Equal(Trace.Leaves.SelectMany(leaf => leaf!.Value.ToArray()), Bytes(Trace));

    [Fact]
    public void Read_Whole_GivesLeavesAndHashes()
    {
        var read = TraceFile.TryRead(Bytes(Trace), ContentHash.Sha256, out _)!;

        Assert.Equal(Trace.LeafHashes, read.LeafHashes);
        Assert.Equal(Trace.Root(), read.Root());
        Assert.Equal(Trace.Leaves.Select(leaf => leaf!.Value.ToArray()), read.Leaves.Select(leaf => leaf!.Value.ToArray()));
    }

    [Fact]
    public void Read_LeavesMissing_GivesTheirHashes()
    {
        var read = TraceFile.TryRead(Bytes(Trace.Without(1, 3)), ContentHash.Sha256, out _)!;

        Assert.Equal(Trace.LeafHashes, read.LeafHashes);
        Assert.Equal([false, true, false, true], read.Leaves.Select(leaf => leaf is null));
    }

    [Fact]
    public void Read_CutAnywhere_IsRefusedOrAnotherTrace()
    {
        var bytes = Bytes(SampleTrace.Of([SampleTrace.Call(0)]));
        for (var length = 0; length < bytes.Length; length++)
        {
            var read = TraceFile.TryRead(bytes.AsMemory(0, length), ContentHash.Sha256, out var fault);

            Assert.True(read is null ? fault is not null : read.LeafHashes.Count < 3);
        }
    }

    [Theory]
    [InlineData("01")]
    [InlineData("a0")]
    [InlineData("4100")]
    [InlineData("9fff")]
    public void Read_OtherItems_Refused(string hex) =>
        Assert.Null(TraceFile.TryRead((byte[])[.. Bytes(Trace), .. Convert.FromHexString(hex)], ContentHash.Sha256, out _));

    [Fact]
    public void Decode_EveryLeaf_GivesItsItems()
    {
        Assert.Equal(SampleTrace.Start, Assert.Single(Items(0)));
        Assert.Equal((4096, 4), (Items(1).Count, Items(2).Count));
        Assert.Equivalent(SampleTrace.Call(4099), Items(2)[3]);
        Assert.Equal(SampleTrace.Finish, Assert.Single(Items(3)));
    }

    [Theory]
    [InlineData("80")]
    [InlineData("8101")]
    [InlineData("820180")]
    [InlineData("820101")]
    [InlineData("8203f6")]
    [InlineData("8201818061")]
    [InlineData("820181856161810100f620")]
    public void Decode_NoLeaf_NullWithAFault(string hex)
    {
        Assert.Null(TraceLeaf.TryDecode(Convert.FromHexString(hex), out var fault));
        Assert.NotNull(fault);
    }

    [Fact]
    public void Decode_AnyBytes_NeverThrows()
    {
        var random = new Random(7);
        var leaf = SampleTrace.Of([SampleTrace.Call(0)]).Leaves[1]!.Value.ToArray();
        for (var i = 0; i < 20_000; i++)
        {
            var bytes = leaf.ToArray();
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            var items = TraceLeaf.TryDecode(bytes, out var fault);

            Assert.NotEqual(items is null, fault is null);
        }
    }

    [Fact]
    public void Evidence_HashesWithTheFirstLeaves_FailsNamed()
    {
        var run = SampleRuns.Trapped;
        var (hashes, leaves) = (run.TraceLeaves.Select(leaf => MerkleHash.Leaf(leaf)).ToList(), run.Evidence.TraceLeaves!);
        VerificationReport Verify(IReadOnlyList<Digest> given, IReadOnlyList<ReadOnlyMemory<byte>>? kept) =>
            StatementVerifier.Verify(run.Sign().Encode(), run.Evidence with { TraceHashes = given, TraceLeaves = kept });

        Assert.True(Verify(hashes, null).Valid);
        Assert.True(Verify(hashes, [leaves[0]]).Valid);
        Assert.True(Verify(hashes, leaves).Valid);
        Assert.Equal(StatementChecks.Trace, Verify(hashes, [leaves[1]]).FirstFailure?.Name);
        Assert.Equal(StatementChecks.Trace, Verify(hashes, [.. leaves, leaves[0]]).FirstFailure?.Name);
        Assert.Equal(StatementChecks.Trace, Verify([.. hashes.Skip(1)], null).FirstFailure?.Name);
        Assert.Equal(StatementChecks.Trace, Verify([], leaves).FirstFailure?.Name);
    }

    [Fact]
    public void Claims_TraceOfThePayload_FitsAndNothingElseDoes()
    {
        var (start, finish) = (SampleTrace.Start, SampleTrace.Finish);
        var payload = SampleRuns.Trapped.Payload with
        {
            Profile = start.Profile,
            Module = start.Module,
            Entrypoint = start.Entrypoint,
            Input = start.Input,
            Outcome = finish.Outcome,
            ExitCode = finish.ExitCode,
            Output = finish.Output,
            Instructions = finish.Instructions,
            MemoryPages = finish.MemoryPages,
        };
        bool Fits(params int[] leaves) => TraceClaims.Fit(payload, KeptTrace.Of(ContentHash.Sha256, [.. leaves.Select(leaf => Trace.LeafHashes[leaf])], [.. leaves.Select(leaf => Trace.Leaves[leaf]!.Value)]));

        Assert.True(TraceClaims.Fit(payload, Trace));
        Assert.True(TraceClaims.Fit(payload, Trace.Without(0, 1, 2, 3)));
        Assert.True(Fits(0, 3));
        Assert.True(Fits(0, 2, 3));
        Assert.False(Fits(0, 2, 1, 3));
        Assert.False(Fits(0, 3, 3));
        Assert.False(Fits(0));
        Assert.False(Fits(1, 3));
        Assert.False(Fits(0, 1));
        Assert.False(TraceClaims.Fit(payload with { Instructions = 1 }, Trace));
        Assert.False(TraceClaims.Fit(payload with { Input = default }, Trace));
    }

    private static IReadOnlyList<TraceItem> Items(int leaf) => TraceLeaf.TryDecode(Trace.Leaves[leaf]!.Value, out _)!;

    private static byte[] Bytes(KeptTrace trace)
    {
        using var stream = new MemoryStream();
        TraceFile.Write(stream, trace);
        return stream.ToArray();
    }
}
