using System.Text;
using System.Text.Json;
using Ailee.Vcp.Client;
using Ailee.Vcp.Client.Tasks;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Log;
using Ailee.Vcp.Core.Statements;
using Ailee.Vcp.Server;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Ailee.Vcp.Cli.Tests.Backup;

/// <summary>A real server on a data directory, of which a test wants to know all that it signed.</summary>
internal sealed class KeptServer : IAsyncDisposable
{
    private const string Add = """(module (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1))))""";
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(60);

    private readonly WebApplication _app;
    private readonly HttpClient _http;
    private bool _stopped;

    private KeptServer(WebApplication app)
    {
        _app = app;
        Address = app.Urls.Single();
        _http = VcpClient.CreateHttp(new Uri(Address), null);
        Client = new VcpClient(_http);
    }

    public string Address { get; }

    public VcpClient Client { get; }

    /// <summary>Checkpoints that it signed and served.</summary>
    public List<Checkpoint> Checkpoints { get; } = [];

    public IServiceProvider Services => _app.Services;

    public static async Task<KeptServer> StartAsync(string data, params string[] options)
    {
        var app = ServerHost.Build(["--urls", "http://127.0.0.1:0", "--Storage:DataDirectory", data, "--Sandbox:MemoryBytes", "33554432", "--hostBuilder:reloadConfigOnChange=false", .. options]);
        try
        {
            await app.StartAsync();
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }

        return new KeptServer(app);
    }

    /// <summary>Runs tasks one after the other, and remembers each checkpoint on the way.</summary>
    public async Task<List<ComputeTask>> RunAsync(int count)
    {
        var module = (await Client.UploadModuleAsync(Encoding.UTF8.GetBytes(Add), MediaTypes.Wat, default)).Digest;
        var tasks = new List<ComputeTask>();
        for (var i = 0; i < count; i++)
        {
            var request = new TaskRequest { Module = module, Entrypoint = "add", Args = [JsonSerializer.SerializeToElement(i), JsonSerializer.SerializeToElement(1)] };
            tasks.Add(await Client.SubmitTaskAsync(request, Wait, null, default));
            Assert.Equal(TaskStates.Completed, tasks[^1].State);
            await SeeAsync(Digest.Parse(tasks[^1].Proofs[0].Id));
        }

        return tasks;
    }

    /// <summary>The newest checkpoint as a file.</summary>
    public Task<byte[]> NoteAsync() => Client.GetCheckpointAsync(default);

    /// <summary>A statement with its receipt.</summary>
    public Task<byte[]> ProofAsync(string id) => Client.GetTransparentStatementAsync(Digest.Parse(id), Wait, default);

    /// <summary>Key and counter of every statement in the database, of nodes and of the orchestrator.</summary>
    public List<(NodeId Key, ulong Counter, Digest Statement)> Counters() => Services.GetRequiredService<Server.Storage.IDatabase>().Read(transaction => transaction.Query(
        "SELECT statement FROM proofs UNION ALL SELECT statement FROM orchestrator_statements",
        row =>
        {
            var header = StatementHeader.TryDecode(row.Bytes(0), out _)!;
            return (header.KeyId, header.Counter, Digest.Of(row.Bytes(0)));
        }));

    /// <summary>Stops it; a second time does nothing.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_stopped)
        {
            return;
        }

        _stopped = true;
        _http.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private async Task SeeAsync(Digest statement)
    {
        await Client.GetTransparentStatementAsync(statement, Wait, default);
        var note = SignedNote.TryParse(await NoteAsync())!;
        Assert.True((await Client.GetLogKeyAsync(default)).Verifies(note));
        Checkpoints.Add(Checkpoint.TryParse(note.Text)!);
    }
}
