using System.Net;
using Ailee.Vcp.Core;
using Ailee.Vcp.Server.Tasks;
using Ailee.Vcp.Server.Tests.Hosting;

namespace Ailee.Vcp.Server.Tests.Leases;

/// <summary>Modules and bundles that are deleted once their task is decided, while an audit of it is due or runs.</summary>
public sealed class DeletedBeforeAuditTests : IAsyncLifetime
{
    private RunningServer _server = null!;
    private ActingNode _builtIn = null!;
    private ActingNode _other = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await RunningServer.StartAsync(new ServerSetup { NodeWorks = false, Configuration = new() { ["Tasks:AuditRate"] = "1" } });
        _builtIn = new ActingNode(_server);
        _other = await ActingNode.JoinAsync(_server, "bob");
    }

    public async ValueTask DisposeAsync()
    {
        _builtIn.Dispose();
        _other.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Delete_WhileAnAuditRuns_RefusedUntilItEnds()
    {
        var (module, bundle, _) = await DecideAsync();
        var audit = await _builtIn.LeaseAsync();

        await Calls.RefusedAsync(HttpStatusCode.Conflict, "module-in-use", () => _server.Client.DeleteModuleAsync(module, default));
        await Calls.RefusedAsync(HttpStatusCode.Conflict, "bundle-in-use", () => _server.Client.DeleteBundleAsync(bundle, default));
        Assert.True((await _builtIn.AnswerAsync(audit)).Accepted);

        await _server.Client.DeleteModuleAsync(module, default);
        await _server.Client.DeleteBundleAsync(bundle, default);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Delete_BeforeTheAuditRuns_ItIsGivenUp(bool ofModule)
    {
        var (module, bundle, task) = await DecideAsync();
        await (ofModule ? _server.Client.DeleteModuleAsync(module, default) : _server.Client.DeleteBundleAsync(bundle, default));
        var next = await _server.Client.SubmitAsync(await _server.Client.UploadAsync(Guests.Math), "add", 1, 2);

        var offers = await _builtIn.Gateway.LeaseAsync(2, default);

        Assert.Equal(next.ToString(), Assert.Single(offers).Task);
        Assert.Equal("given-up", _server.Database.Read(transaction => AuditStore.Find(transaction, task))?.State);
    }

    private async Task<(Digest Module, Digest Bundle, TaskId Task)> DecideAsync()
    {
        var module = await _server.Client.UploadAsync("""(module (memory (export "memory") 1) (func (export "_start")))""");
        var bundle = Digest.Parse((await _server.Client.UploadBundleAsync(Trees.Of(("a", "b")).Tar(), default)).Digest);
        var request = Calls.Command(module) with { Bundle = bundle.ToString() };
        var task = TaskId.Parse((await _server.Client.SubmitTaskAsync(request, null, null, default)).Id);
        Assert.True((await _other.AnswerAsync(await _other.LeaseAsync())).Accepted);
        return (module, bundle, task);
    }
}
