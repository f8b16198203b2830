using System.Text.Json.Nodes;
using Ailee.Vcp.Client;
using Ailee.Vcp.Client.Tasks;
using Ailee.Vcp.Core;

namespace Ailee.Vcp.Cli.Tests.Traces;

/// <summary>Traces, tasks and files under SHA3-256 on the command line.</summary>
public sealed class TraceHashTests(TraceHashTests.Sha3Server server) : IClassFixture<TraceHashTests.Sha3Server>, IDisposable
{
    private readonly TempDirectory _directory = new();

    private static string Math => CliRun.Guest("math");

    [Fact]
    public async Task Run_Hash_SaysItsDigests()
    {
        var (sha3, sha256) = (await RunAsync("sha3-256", "a"), await RunAsync("sha-256", "b"));

        Assert.Equal(("sha3-256", "sha-256"), (Text(sha3, "hash"), Text(sha256, "hash")));
        Assert.All(["module", "input", "output", "traceRoot"], name =>
        {
            Assert.StartsWith("sha3-256:", Text(sha3, name), StringComparison.Ordinal);
            Assert.StartsWith("sha256:", Text(sha256, name), StringComparison.Ordinal);
        });
        Assert.Equal(sha3["instructions"]!.GetValue<long>(), sha256["instructions"]!.GetValue<long>());
    }

    [Fact]
    public async Task DiffAndShow_FileAgainstTask_NeedTheHashOfTheFile()
    {
        using var http = VcpClient.CreateHttp(new Uri(server.Address + "/"), null);
        var task = await SubmitAsync(new VcpClient(http));
        var file = _directory.Path("a");
        await RunAsync("sha3-256", "a", "--instructions", "1000000", "--memory", "33554432");

        var same = await CliRun.OfAsync("trace", "diff", file, task.Id, "--hash", "sha3-256", "--server", server.Address);
        var other = await CliRun.OfAsync("trace", "diff", file, task.Id, "--server", server.Address);
        var shown = await CliRun.OfAsync("trace", "show", file, "--hash", "sha3-256");
        var ofTask = await CliRun.OfAsync("trace", "show", task.Id, "--server", server.Address);
        var unknown = await CliRun.OfAsync("trace", "show", file, "--hash", "sha-512");

        Assert.Equal((0, 125, 0, 0, 125), (same.ExitCode, other.ExitCode, shown.ExitCode, ofTask.ExitCode, unknown.ExitCode));
        Assert.Contains("root sha3-256:", same.Stdout, StringComparison.Ordinal);
        Assert.Contains("--hash", other.Stderr, StringComparison.Ordinal);
        Assert.Equal(shown.Stdout, ofTask.Stdout);
        Assert.Contains("of module sha3-256:", shown.Stdout, StringComparison.Ordinal);
        Assert.Contains("sha-512", unknown.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_LeafOfATask_IsReadUnderTheProofsHash()
    {
        using var http = VcpClient.CreateHttp(new Uri(server.Address + "/"), null);
        var client = new VcpClient(http);
        var task = await SubmitAsync(client);
        var (proof, leaf) = (_directory.Path("proof.cose"), _directory.Path("leaf.json"));
        await File.WriteAllBytesAsync(proof, await client.GetTransparentStatementAsync(Digest.Parse(task.Proofs[0].Id), TimeSpan.FromSeconds(30), default));
        await File.WriteAllTextAsync(leaf, await http.GetStringAsync($"api/v1/tasks/{task.Id}/trace/1"));

        var valid = await CliRun.OfAsync("verify", proof, "--leaf", leaf);
        await File.WriteAllTextAsync(leaf, (await File.ReadAllTextAsync(leaf)).Replace("sha3-256:", "sha256:", StringComparison.Ordinal));
        var invalid = await CliRun.OfAsync("verify", proof, "--leaf", leaf);

        Assert.Equal((0, 125), (valid.ExitCode, invalid.ExitCode));
        Assert.Contains("ok     leaf ", valid.Stdout, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Submit_BundleAndFiles_VerifyWithReplay()
    {
        var (tree, results, proof) = (_directory.Path("tree"), _directory.Path("results"), _directory.Path("p.cose"));
        Directory.CreateDirectory(Path.Combine(tree, "tree"));
        await File.WriteAllTextAsync(Path.Combine(tree, "tree", "a.txt"), "content");

        var submitted = await CliRun.OfAsync("submit", CliRun.Guest("files"), "--dir", tree, "--output", "out", "--out", results, "--server", server.Address, "--proof", proof, "--", "tree", "out/data.bin", "1");
        var verified = await CliRun.OfAsync(
            "verify", proof, "--module", CliRun.Guest("files"), "--invocation", _directory.Path("p.invocation.cbor"), "--output", _directory.Path("p.output.cbor"),
            "--bundle", _directory.Path("p.bundle.tar"), "--files", results, "--replay");

        Assert.True(submitted.ExitCode == 0, submitted.Stderr);
        Assert.True(verified.ExitCode == 0, verified.Stdout + verified.Stderr);
        Assert.NotEmpty(Directory.GetFiles(results, "*", SearchOption.AllDirectories));
    }

    public void Dispose() => _directory.Dispose();

    private static string Text(JsonNode report, string name) => report[name]!.GetValue<string>();

    private async Task<JsonNode> RunAsync(string hash, string trace, params string[] options)
    {
        var run = await CliRun.OfAsync(["run", Math, "--invoke", "add", "--hash", hash, "--trace", _directory.Path(trace), "--json", .. options, "--", "2", "40"]);
        Assert.True(run.ExitCode == 0, run.Stderr);
        return JsonNode.Parse(run.Stdout)!;
    }

    private static async Task<ComputeTask> SubmitAsync(VcpClient client)
    {
        var module = await client.UploadModuleAsync(await File.ReadAllBytesAsync(Math), MediaTypes.Wasm, default);
        var request = new TaskRequest
        {
            Module = module.Digest,
            Entrypoint = "add",
            Args = [System.Text.Json.JsonSerializer.SerializeToElement(2), System.Text.Json.JsonSerializer.SerializeToElement(40)],
            Limits = new TaskLimits { Instructions = 1_000_000, MemoryBytes = 33_554_432 },
        };
        var task = await client.SubmitTaskAsync(request, TimeSpan.FromSeconds(60), null, default);
        Assert.Equal((TaskStates.Completed, "sha3-256"), (task.State, task.Hash));
        return task;
    }

    /// <summary>A server whose statements are under SHA3-256.</summary>
    public sealed class Sha3Server : ServerFixture
    {
        protected override string[] Options => ["--Sandbox:Hash", "sha3-256"];
    }
}
