using Ailee.Vcp.Client.Mesh;
using Ailee.Vcp.Client.Tasks;
using Ailee.Vcp.Core.Merkle;
using Ailee.Vcp.Core.Statements;
using Ailee.Vcp.Server.Tests.Hosting;

namespace Ailee.Vcp.Server.Tests.Traces;

/// <summary>Traces that are not those of their statement are refused as <c>trace</c>, and the honest answer after it counts.</summary>
public sealed class TraceIntakeTests : IAsyncLifetime
{
    private RunningServer? _server;
    private ActingNode? _node;

    public static TheoryData<string, Func<LeaseReport, LeaseReport>> Lies { get; } = new()
    {
        { "no hashes", report => report with { TraceHashes = default } },
        { "no trace", report => report with { TraceHashes = default, TraceLeaves = [] } },
        { "a hash missing", report => report with { TraceHashes = report.TraceHashes[32..] } },
        { "a hash cut", report => report with { TraceHashes = report.TraceHashes[1..] } },
        { "a hash more", report => report with { TraceHashes = (byte[])[.. report.TraceHashes.ToArray(), .. new byte[32]] } },
        { "a hash changed", report => report with { TraceHashes = (byte[])[.. report.TraceHashes.ToArray().SkipLast(1), (byte)(report.TraceHashes.Span[^1] ^ 1)] } },
        { "a leaf changed", report => report with { TraceLeaves = [report.TraceLeaves[0], new byte[] { 0x80 }] } },
        { "leaves swapped", report => report with { TraceLeaves = [report.TraceLeaves[1], report.TraceLeaves[0]] } },
        { "a leaf too many", report => report with { TraceLeaves = [.. report.TraceLeaves, report.TraceLeaves[0]] } },
    };

    public async ValueTask InitializeAsync()
    {
        _server = await RunningServer.StartAsync(new ServerSetup { NodeWorks = false });
        _node = new ActingNode(_server);
    }

    [Theory(DisableDiscoveryEnumeration = true)]
    [MemberData(nameof(Lies))]
    public async Task Report_OtherTrace_Refused(string name, Func<LeaseReport, LeaseReport> lie)
    {
        await SubmitAsync();

        var receipt = await _node!.Gateway.ReportAsync(lie(await _node.ReportAsync(await _node.LeaseAsync())), default);

        Assert.Equal((name, new LeaseReceipt(false, StatementChecks.Trace)), (name, receipt));
        Assert.True((await _node.AnswerAsync(await _node.LeaseAsync())).Accepted);
    }

    // The root is honest about these leaves; they are not about this run.
    [Fact]
    public async Task Report_SignedTraceOfSomethingElse_Refused()
    {
        await SubmitAsync();
        byte[][] leaves = [[0x01], [0x02]];
        var hashes = leaves.Select(leaf => MerkleHash.Leaf(leaf)).ToList();
        var lie = new Lie { Payload = payload => payload with { TraceRoot = MerkleHash.Node(hashes[0], hashes[1]) } };

        var report = await _node!.ReportAsync(await _node.LeaseAsync(), lie);
        var receipt = await _node.Gateway.ReportAsync(
            report with { TraceHashes = hashes.SelectMany(hash => hash.ToArray()).ToArray(), TraceLeaves = [.. leaves.Select(leaf => (ReadOnlyMemory<byte>)leaf)] },
            default);

        Assert.Equal(new LeaseReceipt(false, StatementChecks.Trace), receipt);
    }

    [Fact]
    public async Task Report_HashesOnly_Accepted()
    {
        var id = await SubmitAsync();

        var receipt = await _node!.Gateway.ReportAsync((await _node.ReportAsync(await _node.LeaseAsync())) with { TraceLeaves = [] }, default);

        Assert.True(receipt.Accepted);
        Assert.Equal(TaskStates.Completed, (await _server!.Client.GetTaskAsync(id, null, default)).State);
    }

    public async ValueTask DisposeAsync()
    {
        _node!.Dispose();
        await _server!.DisposeAsync();
    }

    private async Task<Core.TaskId> SubmitAsync() => await _server!.Client.SubmitAsync(await _server.Client.UploadAsync(Guests.Math), "add", 1, 2);
}
