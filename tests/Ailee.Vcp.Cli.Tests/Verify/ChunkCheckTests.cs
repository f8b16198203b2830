using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ailee.Vcp.Client;
using Ailee.Vcp.Client.Tasks;
using Ailee.Vcp.Core;

namespace Ailee.Vcp.Cli.Tests.Verify;

/// <summary><c>vcp verify --chunk</c> with what a server answered, and with what somebody made of it.</summary>
public sealed class ChunkCheckTests(ServerFixture server) : IClassFixture<ServerFixture>, IAsyncLifetime
{
    /// <summary>Writes its whole memory of three pages, of 64 KiB as chunks are; the first byte of each is its number.</summary>
    private const string Guest = """
        (module
          (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
          (memory (export "memory") 3)
          (data (i32.const 65536) "\01")
          (data (i32.const 131072) "\02")
          (data (i32.const 1032) "\00\00\03\00")
          (func (export "_start") (drop (call $write (i32.const 1) (i32.const 1028) (i32.const 1) (i32.const 1024)))))
        """;

    private readonly TempDirectory _directory = new();
    private JsonObject _view = [];

    public static TheoryData<string, Action<JsonObject>> Lies { get; } = new()
    {
        { "byte", view => Chunk(view, 0)["base64"] = Convert.ToBase64String(new byte[65_536]) },
        { "no bytes", view => Chunk(view, 0)["base64"] = string.Empty },
        { "index", view => Chunk(view, 0)["index"] = 0 },
        { "absurd index", view => Chunk(view, 0)["index"] = long.MinValue },
        { "path of the other", view => Chunk(view, 0)["path"] = Chunk(view, 1)["path"]!.DeepClone() },
        { "no path", view => Chunk(view, 0)["path"] = new JsonArray() },
        { "last chunk missing", view => Chunks(view).RemoveAt(1) },
        { "no chunks", view => Chunks(view).Clear() },
        { "a chunk twice", view => Chunks(view).Add(Chunk(view, 1).DeepClone()) },
        { "offset", view => view["offset"] = 0 },
        { "absurd size", view => view["sizeBytes"] = long.MaxValue },
        { "no size", view => view["sizeBytes"] = 0 },
        { "size of the blob", view => view["blob"]!["sizeBytes"] = 196_609 },
        { "root", view => view["blob"]!["root"] = Digest.Of([]).ToString() },
        { "other stream", view => view["blob"]!["stream"] = "stderr" },
        { "file", view => view["blob"] = new JsonObject { ["file"] = "stdout", ["sizeBytes"] = 196_608, ["root"] = view["blob"]!["root"]!.DeepClone() } },
        { "record", view => view["record"] = "hQ==" },
        { "no record", view => view["record"] = string.Empty },
    };

    public static TheoryData<string, Action<JsonObject>> Malformed { get; } = new()
    {
        { "nothing", view => view.Clear() },
        { "no blob", view => view.Remove("blob") },
        { "chunks are text", view => view["chunks"] = "all" },
        { "chunks are null", view => view["chunks"] = null },
        { "a chunk is null", view => Chunks(view)[0] = null },
        { "a chunk is a number", view => Chunks(view)[0] = 1 },
        { "path of null", view => Chunk(view, 0)["path"] = new JsonArray(null as JsonNode) },
        { "path of text", view => Chunk(view, 0)["path"] = new JsonArray("sha256:00") },
        { "path missing", view => Chunk(view, 0).AsObject().Remove("path") },
        { "bytes missing", view => Chunk(view, 0).AsObject().Remove("base64") },
        { "bytes are no base64", view => Chunk(view, 0)["base64"] = "***" },
        { "index as text", view => Chunk(view, 0)["index"] = "1" },
        { "index of more than 64 bits", view => Chunk(view, 0)["index"] = 1e30 },
        { "index as a fraction", view => Chunk(view, 0)["index"] = 1.5 },
        { "offset missing", view => view.Remove("offset") },
        { "record is null", view => view["record"] = null },
        { "no such stream", view => view["blob"]!["stream"] = "stdin" },
        { "stream and file", view => view["blob"]!["file"] = "a" },
        { "root is no digest", view => view["blob"]!["root"] = "root" },
    };

    public async ValueTask InitializeAsync()
    {
        using var http = VcpClient.CreateHttp(new Uri(server.Address + "/"), null);
        var client = new VcpClient(http);
        var module = await client.UploadModuleAsync(Encoding.UTF8.GetBytes(Guest), MediaTypes.Wat, default);
        var task = await client.SubmitTaskAsync(new TaskRequest { Module = module.Digest }, TimeSpan.FromSeconds(60), null, default);
        await File.WriteAllBytesAsync(At("proof"), await client.GetTransparentStatementAsync(Digest.Parse(task.Proofs[0].Id), TimeSpan.FromSeconds(30), default));
        _view = JsonNode.Parse(await http.GetStringAsync($"api/v1/tasks/{task.Id}/output/proof?offset=70000&length=70000"))!.AsObject();
    }

    [Fact]
    public async Task Verify_AsAnswered_Valid()
    {
        var run = await VerifyAsync();

        Assert.Equal((0, string.Empty), (run.ExitCode, run.Stderr));
        Assert.Contains("ok     chunk           Bytes 70000 to 139999 are those of the 196608 of stdout that the statement commits to.", run.Stdout, StringComparison.Ordinal);
        Assert.EndsWith("VALID\n", run.Stdout, StringComparison.Ordinal);
    }

    [Theory(DisableDiscoveryEnumeration = true)]
    [MemberData(nameof(Lies))]
    public async Task Verify_Lie_FailsChunk(string name, Action<JsonObject> lie)
    {
        lie(_view);

        var run = await VerifyAsync("--json");

        Assert.True(run.ExitCode == 1, $"{name}: {run.ExitCode} {run.Stderr}");
        var failed = JsonSerializer.Deserialize<JsonObject>(run.Stdout)!["checks"]!.AsArray().Where(check => !check!["ok"]!.GetValue<bool>());
        Assert.Equal(["chunk"], failed.Select(check => check!["name"]!.GetValue<string>()));
    }

    [Theory(DisableDiscoveryEnumeration = true)]
    [MemberData(nameof(Malformed))]
    public async Task Verify_Malformed_125(string name, Action<JsonObject> change)
    {
        change(_view);

        var run = await VerifyAsync();

        Assert.True(run.ExitCode == 125, $"{name}: {run.ExitCode} {run.Stdout}");
        Assert.Contains("--chunk must be what", run.Stderr, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("{\"proof\":\"a\",\"proof\":\"b\"}")]
    public async Task Verify_NoObject_125(string text)
    {
        var run = await VerifyTextAsync(text);

        Assert.Equal(125, run.ExitCode);
        Assert.Contains("--chunk must be what", run.Stderr, StringComparison.Ordinal);
    }

    public ValueTask DisposeAsync()
    {
        _directory.Dispose();
        return ValueTask.CompletedTask;
    }

    private static JsonArray Chunks(JsonObject view) => view["chunks"]!.AsArray();

    private static JsonNode Chunk(JsonObject view, int number) => Chunks(view)[number]!;

    private string At(string name) => _directory.Path(name);

    private Task<CliRun> VerifyAsync(params string[] options) => VerifyTextAsync(_view.ToJsonString(), options);

    private async Task<CliRun> VerifyTextAsync(string json, params string[] options)
    {
        await File.WriteAllTextAsync(At("chunk.json"), json);
        return await CliRun.OfAsync(["verify", At("proof"), "--chunk", At("chunk.json"), .. options]);
    }
}
