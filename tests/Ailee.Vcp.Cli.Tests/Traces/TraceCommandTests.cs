using System.Text;
using System.Text.Json.Nodes;
using Ailee.Vcp.Client;
using Ailee.Vcp.Client.Tasks;
using Ailee.Vcp.Core;

namespace Ailee.Vcp.Cli.Tests.Traces;

public sealed class TraceCommandTests(ServerFixture server) : IClassFixture<ServerFixture>, IDisposable
{
    /// <summary>Yields as often as it is told, then asks for random bytes.</summary>
    private const string Guest = """
        (module
          (import "wasi_snapshot_preview1" "sched_yield" (func $yield (result i32)))
          (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
          (memory (export "memory") 1)
          (func (export "run") (param $left i32)
            (loop $again
              (drop (call $yield))
              (br_if $again (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))
            (drop (call $random (i32.const 0) (i32.const 8)))))
        """;

    private readonly TempDirectory _directory = new();

    [Fact]
    public async Task Show_File_ALineForEachEntry()
    {
        var trace = await TraceAsync("a", 2);

        var shown = await CliRun.OfAsync("trace", "show", trace);
        var json = await CliRun.OfAsync("trace", "show", trace, "--json");

        var lines = shown.Stdout.TrimEnd('\n').Split('\n');
        Assert.Equal((0, 0, 5), (shown.ExitCode, json.ExitCode, lines.Length));
        Assert.StartsWith("start: run of module sha256:", lines[0], StringComparison.Ordinal);
        Assert.StartsWith("       0  sched_yield() = 0, after ", lines[1], StringComparison.Ordinal);
        Assert.StartsWith("       2  random_get(0, 8) = 0, moved sha256:", lines[3], StringComparison.Ordinal);
        Assert.StartsWith("finish: completed with exit code 0 after ", lines[4], StringComparison.Ordinal);
        Assert.Equal("random_get", JsonNode.Parse(json.Stdout.Split('\n')[3])!["call"]!["name"]!.GetValue<string>());
    }

    [Fact]
    public async Task Diff_SameRun_0()
    {
        var run = await CliRun.OfAsync("trace", "diff", await TraceAsync("a", 5000), await TraceAsync("b", 5000));

        Assert.Equal(0, run.ExitCode);
        Assert.StartsWith("The traces are equal: 4 leaves, root sha256:", run.Stdout, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Diff_OtherSeed_1AndTheCall()
    {
        var (first, second) = (await TraceAsync("a", 5000), await TraceAsync("b", 5000, "--seed", new string('1', 64)));

        var run = await CliRun.OfAsync("trace", "diff", first, second);
        var json = await CliRun.OfAsync("trace", "diff", first, second, "--json");

        Assert.Equal((1, 1), (run.ExitCode, json.ExitCode));
        Assert.Contains("The runs part at host call 5000 (leaf 2), in: moved\n", run.Stdout, StringComparison.Ordinal);
        Assert.Contains($"- {first}: random_get(0, 8) = 0, moved sha256:", run.Stdout, StringComparison.Ordinal);
        Assert.Contains($"+ {second}: random_get(0, 8) = 0, moved sha256:", run.Stdout, StringComparison.Ordinal);
        var report = JsonNode.Parse(json.Stdout)!;
        Assert.Equal((false, 2, 5000, "moved"), (report["same"]!.GetValue<bool>(), report["leaf"]!.GetValue<int>(), report["record"]!.GetValue<int>(), report["field"]!.GetValue<string>()));
    }

    [Fact]
    public async Task Diff_TaskAndProofAndFile_AreTheSameRun()
    {
        using var http = VcpClient.CreateHttp(new Uri(server.Address + "/"), null);
        var client = new VcpClient(http);
        var module = await client.UploadModuleAsync(Encoding.UTF8.GetBytes(Guest), MediaTypes.Wat, default);
        async Task<ComputeTask> SubmitAsync(int yields) => await client.SubmitTaskAsync(
            new TaskRequest { Module = module.Digest, Entrypoint = "run", Args = [System.Text.Json.JsonSerializer.SerializeToElement(yields)] }, TimeSpan.FromSeconds(60), null, default);
        var (task, other) = (await SubmitAsync(3), await SubmitAsync(4));
        var proof = _directory.Path("proof.cose");
        await File.WriteAllBytesAsync(proof, await client.GetTransparentStatementAsync(Digest.Parse(task.Proofs[0].Id), TimeSpan.FromSeconds(60), default));
        var leaf = _directory.Path("leaf.json");
        await File.WriteAllTextAsync(leaf, await http.GetStringAsync($"api/v1/tasks/{task.Id}/trace/1"));
        var trace = _directory.Path("task.trace");
        await File.WriteAllBytesAsync(trace, await client.GetTraceFileAsync(TaskId.Parse(task.Id), default));

        var same = await CliRun.OfAsync("trace", "diff", task.Id, proof, "--server", server.Address);
        var differ = await CliRun.OfAsync("trace", "diff", task.Id, other.Id, "--server", server.Address);
        var shown = await CliRun.OfAsync("trace", "show", task.Id, "--server", server.Address);
        var valid = await CliRun.OfAsync("verify", proof, "--leaf", leaf, "--trace", trace);
        await File.WriteAllTextAsync(leaf, (await File.ReadAllTextAsync(leaf)).Replace("\"index\":1", "\"index\":0", StringComparison.Ordinal));
        var invalid = await CliRun.OfAsync("verify", proof, "--leaf", leaf);

        Assert.Equal((0, 1, 0), (same.ExitCode, differ.ExitCode, shown.ExitCode));
        Assert.Contains("host call 3 (leaf 1), in: name", differ.Stdout, StringComparison.Ordinal);
        Assert.Equal(6, shown.Stdout.TrimEnd('\n').Split('\n').Length);
        Assert.Equal((0, 1), (valid.ExitCode, invalid.ExitCode));
        Assert.Contains("ok     trace ", valid.Stdout, StringComparison.Ordinal);
        Assert.Contains("FAILED leaf ", invalid.Stdout, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Diff_LeavesNotInTheFile_NamesTheLeaf()
    {
        var (first, second) = (await TraceAsync("a", 5000), await TraceAsync("b", 5000, "--seed", new string('1', 64)));
        var trace = Core.Traces.TraceFile.TryRead(await File.ReadAllBytesAsync(first), Core.ContentHash.Sha256, out _)!;
        await using (var file = File.Create(first))
        {
            Core.Traces.TraceFile.Write(file, trace with { Leaves = [trace.Leaves[0], null, null, null] });
        }

        var run = await CliRun.OfAsync("trace", "diff", first, second);
        var shown = await CliRun.OfAsync("trace", "show", first);

        Assert.Equal((1, 125), (run.ExitCode, shown.ExitCode));
        Assert.Contains("The runs part in leaf 2, which is not at hand", run.Stdout, StringComparison.Ordinal);
        Assert.Contains("Leaf 1 and what follows is not in the file", shown.Stderr, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("neither")]
    [InlineData("junk")]
    public async Task Show_NoTrace_125(string name)
    {
        await File.WriteAllTextAsync(_directory.Path("junk"), "not a trace");

        var run = await CliRun.OfAsync("trace", "show", name == "junk" ? _directory.Path("junk") : name);

        Assert.Equal(125, run.ExitCode);
    }

    public void Dispose() => _directory.Dispose();

    private async Task<string> TraceAsync(string name, int yields, params string[] options)
    {
        var (module, trace) = (_directory.Path("guest.wat"), _directory.Path(name));
        await File.WriteAllTextAsync(module, Guest);
        var run = await CliRun.OfAsync(["run", module, "--invoke", "run", "--trace", trace, .. options, "--", yields.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        Assert.Equal(0, run.ExitCode);
        return trace;
    }
}
