using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Core.Traces;

namespace Ailee.Vcp.Core.Tests.Traces;

public sealed class TraceComparisonTests
{
    public static TheoryData<string, Func<TraceItem.HostCall, TraceItem.HostCall>> CallChanges { get; } = new()
    {
        { "name", call => call with { Name = "fd_read" } },
        { "arguments", call => call with { Arguments = [1, 2] } },
        { "arguments", call => call with { Arguments = [1] } },
        { "errno", call => call with { Errno = 8 } },
        { "moved", call => call with { Moved = null } },
        { "instructions", call => call with { Instructions = 7 } },
        { "name", call => call with { Name = "x", Errno = 1, Instructions = 2 } },
    };

    public static TheoryData<string, Func<TraceItem.Finish, TraceItem.Finish>> FinishChanges { get; } = new()
    {
        { "outcome", finish => finish with { Outcome = Outcome.Trapped, ExitCode = -1 } },
        { "exitCode", finish => finish with { ExitCode = 1 } },
        { "output", finish => finish with { Output = default } },
        { "instructions", finish => finish with { Instructions = 1 } },
        { "memoryPages", finish => finish with { MemoryPages = 3 } },
    };

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5000)]
    public void FirstDifference_Same_None(int calls) => Assert.Null(TraceComparison.FirstDifference(Trace(calls), Trace(calls)));

    [Theory(DisableDiscoveryEnumeration = true)]
    [MemberData(nameof(CallChanges))]
    public void FirstDifference_OneCall_IsNamed(string field, Func<TraceItem.HostCall, TraceItem.HostCall> change)
    {
        foreach (var (calls, at, leaf) in new[] { (1, 0, 1), (10, 9, 1), (4096, 4095, 1), (4097, 4096, 2), (9000, 5000, 2) })
        {
            var difference = TraceComparison.FirstDifference(Trace(calls), SampleTrace.Of(Changed(calls, at, change)))!;

            Assert.Equal((leaf, (long?)at, field), (difference.Leaf, difference.Record, difference.Field));
            Assert.Equal(SampleTrace.Call(at).Instructions, Assert.IsType<TraceItem.HostCall>(difference.First).Instructions);
            Assert.IsType<TraceItem.HostCall>(difference.Second);
        }
    }

    [Theory(DisableDiscoveryEnumeration = true)]
    [MemberData(nameof(FinishChanges))]
    public void FirstDifference_End_IsNamed(string field, Func<TraceItem.Finish, TraceItem.Finish> change)
    {
        var other = SampleTrace.Of(Calls(3), finish: change(SampleTrace.Finish));

        var difference = TraceComparison.FirstDifference(Trace(3), other)!;

        Assert.Equal(new TraceDifference(2, null, field, SampleTrace.Finish, change(SampleTrace.Finish)), difference);
    }

    [Theory]
    [InlineData(0, 1, 1)]
    [InlineData(3, 5, 1)]
    [InlineData(4095, 4096, 1)]
    [InlineData(4096, 4097, 2)]
    [InlineData(4096, 9000, 2)]
    [InlineData(5000, 9000, 2)]
    public void FirstDifference_OneEndsEarlier_IsTheCallThatTheOtherMakes(int fewer, int more, int leaf)
    {
        var difference = TraceComparison.FirstDifference(Trace(fewer), Trace(more))!;
        var mirrored = TraceComparison.FirstDifference(Trace(more), Trace(fewer))!;

        Assert.Equal((leaf, (long?)fewer, TraceFields.End), (difference.Leaf, difference.Record, difference.Field));
        Assert.Equal(SampleTrace.Finish, difference.First);
        Assert.Equal(SampleTrace.Call(fewer).Instructions, Assert.IsType<TraceItem.HostCall>(difference.Second).Instructions);
        Assert.Equal((leaf, (long?)fewer, SampleTrace.Finish), (mirrored.Leaf, mirrored.Record, mirrored.Second));
    }

    [Fact]
    public void FirstDifference_OtherStart_IsNamedOnlyIfNothingElseDiffers()
    {
        var start = SampleTrace.Start with { Input = default };

        var onlyStart = TraceComparison.FirstDifference(Trace(2), SampleTrace.Of(Calls(2), start))!;
        var more = TraceComparison.FirstDifference(Trace(2), SampleTrace.Of(Changed(2, 1, call => call with { Errno = 8 }), start))!;

        Assert.Equal(new TraceDifference(0, null, "input", SampleTrace.Start, start), onlyStart);
        Assert.Equal((1, 1L, "errno"), (more.Leaf, more.Record!.Value, more.Field));
    }

    [Fact]
    public void FirstDifference_LeavesMissingElsewhere_IsFound()
    {
        var other = SampleTrace.Of(Changed(9000, 5000, call => call with { Errno = 8 }));

        var difference = TraceComparison.FirstDifference(Trace(9000).Without(0, 1, 3, 4), other.Without(0, 1, 3, 4))!;

        Assert.Equal((2, 5000L, "errno"), (difference.Leaf, difference.Record!.Value, difference.Field));
    }

    [Fact]
    public void FirstDifference_TheLeafIsMissing_NamesTheLeaf()
    {
        var other = SampleTrace.Of(Changed(9000, 5000, call => call with { Errno = 8 }));

        var difference = TraceComparison.FirstDifference(Trace(9000).Without(2), other);

        Assert.Equal(new TraceDifference(2, null, TraceFields.Leaf, null, null), difference);
        Assert.NotNull(TraceComparison.FirstDifference(Trace(9000).Without(2).With(2, Trace(9000).Leaves[2]!.Value), other)!.Record);
    }

    [Fact]
    public void With_OtherBytes_Refused() => Assert.Throws<ArgumentException>(() => Trace(1).With(0, new byte[] { 1 }));

    private static KeptTrace Trace(int calls) => SampleTrace.Of(Calls(calls));

    private static IEnumerable<TraceItem.HostCall> Calls(int count) => Enumerable.Range(0, count).Select(SampleTrace.Call);

    private static IEnumerable<TraceItem.HostCall> Changed(int count, int at, Func<TraceItem.HostCall, TraceItem.HostCall> change) =>
        Calls(count).Select((call, index) => index == at ? change(call) : call);
}
