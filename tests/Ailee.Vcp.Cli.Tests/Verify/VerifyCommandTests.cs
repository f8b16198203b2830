using Ailee.Vcp.Cli.Files;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Cose;
using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Core.Merkle;
using Ailee.Vcp.Core.Statements;
using Ailee.Vcp.Core.Traces;
using Ailee.Vcp.Sandbox;
using Ailee.Vcp.Sandbox.Execution;

namespace Ailee.Vcp.Cli.Tests.Verify;

public sealed class VerifyCommandTests : IDisposable
{
    private static readonly byte[] Stdin = "the cat and the dog\n"u8.ToArray();

    private readonly TempDirectory _directory = new();
    private readonly SigningKey _key = SigningKey.Create();

    [Fact]
    public async Task Verify_EverythingGiven_Valid()
    {
        await SignAsync();

        var run = await VerifyAsync("--module", Guest, "--invocation", At("invocation"), "--input", At("stdin"), "--output", At("output"), "--stdout", At("stdout"), "--key", _key.PublicKey.ToString(), "--replay");

        Assert.Equal(0, run.ExitCode);
        Assert.EndsWith("VALID\n", run.Stdout, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_Sha3EverythingGiven_ValidAndShowsThePrefix()
    {
        await SignAsync(hash: ContentHash.Sha3);
        string[] given = ["--module", Guest, "--invocation", At("invocation"), "--input", At("stdin"), "--output", At("output"), "--stdout", At("stdout"), "--bundle", At("tree"), "--trace", At("trace"), "--replay"];

        var run = await VerifyAsync(given);
        var json = await VerifyAsync([.. given, "--json"]);

        Assert.Equal((0, 0), (run.ExitCode, json.ExitCode));
        Assert.Contains("\nmodule sha3-256:", run.Stdout, StringComparison.Ordinal);
        Assert.EndsWith("VALID\n", run.Stdout, StringComparison.Ordinal);
        var claims = System.Text.Json.Nodes.JsonNode.Parse(json.Stdout)!["claims"]!;
        Assert.Equal("sha3-256", claims["hash"]!.GetValue<string>());
        Assert.All(["module", "profile", "executionHash"], name => Assert.StartsWith("sha3-256:", claims[name]!.GetValue<string>(), StringComparison.Ordinal));
        Assert.DoesNotContain("FAILED", run.Stdout, StringComparison.Ordinal);
        Assert.Equal(6, new[] { "module", "input", "output", "limits", "trace", "replay" }.Count(check => run.Stdout.Contains($"ok     {check} ", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("input", "--bundle")]
    [InlineData("trace", "--trace")]
    public async Task Verify_Sha3WrongEvidence_NamesTheCheck(string check, string option)
    {
        await SignAsync(hash: ContentHash.Sha3);
        Directory.CreateDirectory(At("other"));
        var trace = await CliRun.OfAsync("run", Guest, "--input", At("stdin"), "--dir", $"{At("tree")}::/", "--trace", At("other.trace"));

        var run = await VerifyAsync("--invocation", At("invocation"), option, option == "--bundle" ? At("other") : At("other.trace"));

        Assert.Equal((0, 1), (trace.ExitCode, run.ExitCode));
        Assert.Contains($"FAILED {check} ", run.Stdout, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_Sha3ReplayWithoutItsBundle_SaysWhereItIs()
    {
        await SignAsync(hash: ContentHash.Sha3);

        var run = await VerifyAsync("--module", Guest, "--invocation", At("invocation"), "--input", At("stdin"), "--replay");

        Assert.Equal(125, run.ExitCode);
        Assert.Contains("needs the bundle sha3-256:", run.Stderr, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("signature")]
    [InlineData("key")]
    [InlineData("module")]
    [InlineData("input")]
    [InlineData("output")]
    [InlineData("well-formed")]
    [InlineData("trailing-bytes")]
    [InlineData("canonical")]
    public async Task Verify_OneThingWrong_NamesTheCheck(string check)
    {
        await SignAsync();
        var proof = File.ReadAllBytes(At("proof"));
        string[] options = [];
        switch (check)
        {
            case "signature":
                proof[^1] ^= 1;
                break;
            case "key":
                using (var other = SigningKey.Create())
                {
                    options = ["--key", other.PublicKey.ToString()];
                }

                break;
            case "module":
                options = ["--module", CliRun.Guest("math")];
                break;
            case "input":
                options = ["--invocation", At("invocation"), "--input", At("stdout")];
                break;
            case "output":
                options = ["--output", At("output"), "--stdout", At("stdin")];
                break;
            case "well-formed":
                proof = proof[..^10];
                break;
            case "trailing-bytes":
                proof = [.. proof, 0];
                break;
            case "canonical":
                // The array of four, its length written in two bytes.
                proof = [proof[0], 0x98, 0x04, .. proof[2..]];
                break;
        }

        File.WriteAllBytes(At("proof"), proof);
        var run = await VerifyAsync(options);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains($"FAILED {check} ", run.Stdout, StringComparison.Ordinal);
        Assert.EndsWith("NOT VALID\n", run.Stdout, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_LieAboutInstructions_ReplayFindsIt()
    {
        await SignAsync(payload => payload with { Instructions = payload.Instructions - 1, Gas = payload.Gas - 1 });

        var believed = await VerifyAsync("--module", Guest, "--invocation", At("invocation"), "--output", At("output"));
        var replayed = await VerifyAsync("--module", Guest, "--invocation", At("invocation"), "--input", At("stdin"), "--replay");

        Assert.Equal(0, believed.ExitCode);
        Assert.Equal(1, replayed.ExitCode);
        Assert.Contains("another instructions, gas", replayed.Stdout, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_ReplayOfAnotherProfile_Exits3()
    {
        await SignAsync(payload => (payload with { Profile = Digest.Of("another engine"u8) }).WithExecutionHash());

        var run = await VerifyAsync("--module", Guest, "--invocation", At("invocation"), "--input", At("stdin"), "--replay");

        Assert.Equal(3, run.ExitCode);
        Assert.Contains("profile-unavailable", run.Stderr, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--replay")]
    [InlineData("--key", "nonsense")]
    [InlineData("--module", "not-there")]
    public async Task Verify_WrongUse_Exits125(params string[] options)
    {
        await SignAsync();

        var run = await VerifyAsync(options);

        Assert.Equal(125, run.ExitCode);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("""{"base64":"gA=="}""")]
    [InlineData("""{"base64":"gA==","inclusion":{"index":0,"size":1}}""")]
    [InlineData("""{"base64":"gA==","inclusion":{"index":0,"size":1,"path":[null]}}""")]
    [InlineData("""{"base64":"*","inclusion":{"index":0,"size":1,"path":[]}}""")]
    public async Task Verify_LeafThatIsNone_Exits125(string leaf)
    {
        await SignAsync();
        await File.WriteAllTextAsync(At("leaf"), leaf);

        var run = await VerifyAsync("--leaf", At("leaf"));

        Assert.Equal(125, run.ExitCode);
        Assert.Contains("--leaf must be what", run.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_EntrypointThatMovesTheCursor_IsShownWithout()
    {
        await SignAsync(payload => (payload with { Entrypoint = "a\u001b[8mb\nVALID" }).WithExecutionHash());

        var run = await VerifyAsync();

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("it ran a?[8mb?VALID of\n", run.Stdout, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_StdinWithoutInvocation_FailsInput()
    {
        await SignAsync();

        var run = await VerifyAsync("--input", At("stdin"), "--json");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("\"valid\": false", run.Stdout, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _key.Dispose();
        _directory.Dispose();
    }

    private static string Guest => CliRun.Guest("wordfreq");

    private string At(string name) => _directory.Path(name);

    private Task<CliRun> VerifyAsync(params string[] options) => CliRun.OfAsync(["verify", At("proof"), .. options]);

    /// <summary>Runs and signs; with a hash other than SHA-256 above a bundle, and with the trace in a file.</summary>
    private async Task SignAsync(Func<StatementPayload, StatementPayload>? change = null, ContentHash? hash = null)
    {
        hash ??= ContentHash.Sha256;
        Directory.CreateDirectory(At("tree"));
        File.WriteAllText(_directory.Path("tree/file"), "content");
        var bundle = hash == ContentHash.Sha256 ? null : DirectoryPacker.Pack(At("tree"));
        var module = await File.ReadAllBytesAsync(Guest);
        var limits = new SandboxOptions();
        var request = new ExecutionRequest
        {
            Module = Digest.Of(module),
            Hash = hash,
            ModuleDigest = hash.Of(module),
            Bundle = bundle,
            Entrypoint = "_start",
            Invocation = new Invocation
            {
                Stdin = Blob.Of(Stdin, hash),
                Bundle = bundle?.DigestUnder(hash),
                Limits = new DeterministicLimits(limits.MemoryBytes, limits.Instructions, limits.StdoutBytes, limits.StderrBytes, limits.TableElements, limits.ScratchBytes, limits.ScratchEntries, limits.Descriptors),
            },
            Stdin = Stdin,
            Timeout = TimeSpan.FromMinutes(1),
        };
        using var sandbox = new WasmSandbox(limits);
        using var threads = new GuestThreads(1);
        using var lease = await sandbox.PrepareAsync(request.Module, _ => Task.FromResult<ReadOnlyMemory<byte>>(module), CancellationToken.None);
        var run = (ExecutionResult.Conclusive)await threads.RunAsync(() => sandbox.Execute(lease, request, CancellationToken.None));
        var payload = run.ToPayload(TaskId.Create(DateTimeOffset.UnixEpoch), Nonce.Create());
        File.WriteAllBytes(At("proof"), SignedStatement.Sign(_key, change?.Invoke(payload) ?? payload, 1_700_000_000, 1).Bytes.ToArray());
        File.WriteAllBytes(At("invocation"), run.InvocationBytes.ToArray());
        File.WriteAllBytes(At("output"), run.OutputBytes.ToArray());
        File.WriteAllBytes(At("stdin"), Stdin);
        using (var trace = File.Create(At("trace")))
        {
            TraceFile.Write(trace, run.Trace.ToKept());
        }

        File.WriteAllBytes(At("stdout"), run.Stdout.ToArray());
    }
}
