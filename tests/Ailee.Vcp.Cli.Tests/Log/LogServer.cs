using System.Text;
using Ailee.Vcp.Client;
using Ailee.Vcp.Client.Log;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Merkle;
using Ailee.Vcp.Core.Statements;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Ailee.Vcp.Cli.Tests.Log;

/// <summary>Serves a <see cref="TestLog"/> over HTTP as the API does; a test may change what it shows at any time.</summary>
internal sealed class LogServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private LogServer(WebApplication app, TestLog log)
    {
        _app = app;
        Log = log;
    }

    public TestLog Log { get; set; }

    public string Address { get; private set; } = string.Empty;

    /// <summary>What the checkpoint is instead of the log's.</summary>
    public byte[]? Note { get; set; }

    /// <summary>Looks at each request; true if it has answered.</summary>
    public Func<HttpContext, bool> Before { get; set; } = _ => false;

    /// <summary>The checkpoints that were presented.</summary>
    public List<byte[]> Presented { get; } = [];

    public static async Task<LogServer> StartAsync(TestLog log, Action<RouteGroupBuilder>? map = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddRouting();
        var app = builder.Build();
        var server = new LogServer(app, log);
        app.Use((context, next) => server.Before(context) ? Task.CompletedTask : next(context));
        var api = app.MapGroup("/api/v1");
        server.Map(api);
        map?.Invoke(api);
        await app.StartAsync();
        server.Address = app.Urls.Single();
        return server;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private void Map(RouteGroupBuilder api)
    {
        api.MapGet("/log/checkpoint", () => Results.Bytes(Note ?? Log.Note(), "text/plain"));
        api.MapGet("/log/key", () => Results.Text(TestLog.NoteKey + "\n"));
        api.MapGet("/log/tile/{**path}", (string path) => TilePath.TryParse(path, out var tile) && Log.Tile(tile) is { } bytes ? Results.Bytes(bytes) : Results.NotFound());
        api.MapGet("/log/consistency", (long from, long to) =>
        {
            var proof = Log.Consistency(from, to);
            return Json(new ConsistencyView(from, to, Log.RootOf(from).ToString(), Log.RootOf(to).ToString(), [.. proof.Path.Select(hash => hash.ToString())]), VcpJson.Default.ConsistencyView);
        });
        api.MapPost("/log/checkpoint", async (HttpRequest request) =>
        {
            using var body = new MemoryStream();
            await request.Body.CopyToAsync(body);
            Presented.Add(body.ToArray());
            return Results.Text("""{"status":409,"code":"log-behind","detail":"The log had more."}""", MediaTypes.Problem, Encoding.UTF8, 409);
        });
        api.MapGet("/proofs/{id}", (string id) => Results.Bytes(Log.Transparent(Digest.Parse(id)), MediaTypes.Statement));
        api.MapGet("/log/entries", (string? task, string? node, string? kind) => Json(
            new Page<LogEntryView>([.. Entries().Where(entry => (task ?? entry.Task) == entry.Task && (node ?? entry.Node) == entry.Node && (kind ?? entry.Kind) == entry.Kind).Reverse()], null),
            VcpJson.Default.PageLogEntryView));
    }

    private static IResult Json<T>(T value, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type) => Results.Json(value, type);

    private IEnumerable<LogEntryView> Entries()
    {
        for (var index = 0; index < Log.Size; index++)
        {
            var report = StatementVerifier.Verify(Log.Statement(Log.Entries[index]), Evidence.None);
            var header = report.Statement?.Header ?? report.Orchestrator!.Header;
            var task = header.Subject.StartsWith(StatementKind.TaskPrefix, StringComparison.Ordinal) ? header.Subject[StatementKind.TaskPrefix.Length..] : null;
            var node = report.Statement is not null ? header.KeyId.ToString() : (report.Orchestrator!.Payload as OrchestratorPayload.Enrolment)?.Node.Id.ToString();
            yield return new LogEntryView(index, Log.Entries[index].ToString(), header.Kind.Name, task, node, null, DateTimeOffset.UnixEpoch);
        }
    }
}
