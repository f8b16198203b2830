using System.Net;
using Ailee.Vcp.Client;
using Ailee.Vcp.Client.Proofs;
using Ailee.Vcp.Client.Tasks;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Core.Statements;
using Ailee.Vcp.Sandbox.Execution;
using Ailee.Vcp.Server.Tests.Hosting;

namespace Ailee.Vcp.Server.Tests.Tasks;

/// <summary>Functions that are given <c>input</c>.</summary>
public sealed class TaskBytesTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private const string Run = "(func (export \"run\") (param i32 i32) (result i64) (i64.const 0))";

    private const string Alloc = "(func (export \"alloc\") (param i32) (result i32) (i32.const 0))";

    private const string Dealloc = "(func (export \"dealloc\") (param i32 i32))";

    private const string CountsVariables = """
        (module
          (import "wasi_snapshot_preview1" "environ_sizes_get" (func $sizes (param i32 i32) (result i32)))
          (memory (export "memory") 1)
          (func (export "variables") (result i32) (drop (call $sizes (i32.const 0) (i32.const 4))) (i32.load (i32.const 0))))
        """;

    [Fact]
    public async Task Run_FunctionWithInput_ProofVerifiesAndRunsAgainTheSame()
    {
        var module = await fixture.Client.UploadAsync(Guests.Bytes);

        var task = await fixture.Client.RunAsync(Reverse(module, "lamp"));

        var result = task.Result!;
        Assert.Equal(("completed", 0L, "pmal", 4L), (result.Outcome, result.ExitCode, result.Output.Text, result.Output.SizeBytes));
        Assert.Empty(result.Results);
        var id = TaskId.Parse(task.Id);
        var statement = await fixture.Client.GetBareStatementAsync(Digest.Parse(task.Proofs[0].Id));
        var invocationBytes = await fixture.Client.GetInvocationAsync(id, default);
        var verified = await fixture.Client.VerifyAsync(
            new VerifyRequest
            {
                Statement = Convert.ToBase64String(statement),
                Module = Convert.ToBase64String(await fixture.Client.GetModuleContentAsync(module, default)),
                Invocation = Convert.ToBase64String(invocationBytes),
                Stdin = Convert.ToBase64String("lamp"u8.ToArray()),
                Output = Convert.ToBase64String(await fixture.Client.GetOutputRecordAsync(id, default)),
                Stdout = Convert.ToBase64String("pmal"u8.ToArray()),
            },
            default);
        Assert.True(verified.Valid, string.Join(' ', verified.Checks.Where(check => !check.Ok)));
        Assert.Contains(verified.Checks, check => check.Name == StatementChecks.Limits);
        var invocation = Invocation.TryDecode(invocationBytes, out _)!;
        Assert.True(invocation.PassesBytes);
        var signed = StatementVerifier.Verify(statement, new Evidence()).Statement!;
        var again = await RunAgainAsync(module, "reverse", invocation, "lamp"u8.ToArray());
        Assert.Equal(signed.Payload, again.ToPayload(signed.Payload.Task, signed.Payload.Nonce));
    }

    [Fact]
    public async Task Run_OtherInput_OtherInputDigest()
    {
        var module = await fixture.Client.UploadAsync(Guests.Bytes);

        var first = await fixture.Client.RunAsync(Reverse(module, "lamp"));
        var second = await fixture.Client.RunAsync(Reverse(module, "lamb"));

        Assert.NotEqual(await InputDigestAsync(first), await InputDigestAsync(second));
    }

    [Fact]
    public async Task Run_EmptyInput_IsAnInput()
    {
        var module = await fixture.Client.UploadAsync(Guests.Bytes);

        var text = await fixture.Client.RunAsync(Reverse(module, string.Empty));
        var base64 = await fixture.Client.RunAsync(Reverse(module, string.Empty) with { Input = new TaskInput { Base64 = string.Empty } });

        Assert.Equal(("completed", 0L), (text.Result!.Outcome, text.Result.Output.SizeBytes));
        Assert.Empty(text.Result.Results);
        Assert.Equal(await InputDigestAsync(text), await InputDigestAsync(base64));
        Assert.True(Invocation.TryDecode(await fixture.Client.GetInvocationAsync(TaskId.Parse(text.Id), default), out _)!.PassesBytes);
    }

    // The same export may be called with numbers too: the input makes the difference.
    [Fact]
    public async Task Run_SameExportWithNumbers_ReturnsANumber()
    {
        var task = await fixture.Client.RunAsync(await fixture.Client.UploadAsync(Guests.Bytes), "reverse", 64, 0);

        var value = Assert.Single(task.Result!.Results);
        Assert.Equal(("i64", "274877906944"), (value.Type, value.Value.GetString()));
        Assert.Equal(0, task.Result.Output.SizeBytes);
    }

    [Fact]
    public async Task Run_Binary_ComesBackAsBase64()
    {
        var request = Reverse(await fixture.Client.UploadAsync(Guests.Bytes), string.Empty) with { Input = new TaskInput { Base64 = "AP+A" } };

        var task = await fixture.Client.RunAsync(request);

        Assert.Equal((null, "gP8A"), (task.Result!.Output.Text, task.Result.Output.Base64));
        Assert.Equal([0x80, 0xff, 0x00], await fixture.Client.GetStdoutAsync(TaskId.Parse(task.Id), default));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Run_EnvironmentOnAFunction_ReachesIt(bool passesBytes)
    {
        var request = new TaskRequest
        {
            Module = (await fixture.Client.UploadAsync(passesBytes ? Guests.Bytes : CountsVariables)).ToString(),
            Entrypoint = "variables",
            Env = new Dictionary<string, string> { ["B"] = "2", ["A"] = "1" },
            Input = passesBytes ? new TaskInput { Text = "x" } : null,
        };

        var task = await fixture.Client.RunAsync(request);

        Assert.Equal(passesBytes ? "A=1\0B=2\0" : string.Empty, task.Result!.Output.Text);
        Assert.Equal(passesBytes ? [] : ["2"], task.Result.Results.Select(result => result.Value.GetRawText()));
        var invocation = Invocation.TryDecode(await fixture.Client.GetInvocationAsync(TaskId.Parse(task.Id), default), out _)!;
        Assert.Equal(["A", "B"], invocation.Environment.Keys.Order());
    }

    [Fact]
    public async Task Run_ResultBeyondTheOutputLimit_OutputLimit()
    {
        await using var server = await RunningServer.StartAsync(new ServerSetup { Configuration = { ["Sandbox:StdoutBytes"] = "3" } });

        var task = await server.Client.RunAsync(Reverse(await server.Client.UploadAsync(Guests.Bytes), "lamp"));

        Assert.Equal(("output-limit", "pma"), (task.Result!.Outcome, task.Result.Output.Text));
    }

    [Fact]
    public async Task Run_ResultOutsideMemory_Trapped()
    {
        var request = Reverse(await fixture.Client.UploadAsync(Guests.Bytes), "x") with { Entrypoint = "outside" };

        var task = await fixture.Client.RunAsync(request);

        Assert.Equal(("trapped", "memory-out-of-bounds"), (task.Result!.Outcome, task.Result.Trap));
        Assert.Single(task.Proofs);
    }

    [Fact]
    public async Task Submit_ArgumentsAndInput_ArgumentsInvalid()
    {
        var request = Reverse(await fixture.Client.UploadAsync(Guests.Bytes), "x") with { Args = Calls.Arguments(1, 2) };

        await RefusedAsync(request, "arguments-invalid");
    }

    [Theory]
    [InlineData("(func (export \"run\") (param i32) (result i64) (i64.const 0))", "'run' (i32, i32) -> (i64)")]
    [InlineData("(func (export \"run\") (param i32 i32) (result i32) (i32.const 0))", "'run' (i32, i32) -> (i64)")]
    [InlineData(Run, "'alloc' (i32) -> (i32)")]
    [InlineData(Run + Alloc, "'dealloc' (i32, i32) -> ()")]
    [InlineData(Run + "(func (export \"alloc\") (param i64) (result i32) (i32.const 0))" + Dealloc, "'alloc' (i32) -> (i32)")]
    [InlineData(Run + Alloc + "(func (export \"dealloc\") (param i32))", "'dealloc' (i32, i32) -> ()")]
    [InlineData(Run + "(memory (export \"alloc\") 1)" + Dealloc, "'alloc' (i32) -> (i32)")]
    public async Task Submit_ModuleThatCannotTakeBytes_NamesWhatIsMissing(string fields, string missing)
    {
        var request = Reverse(await fixture.Client.UploadAsync($"(module {fields})"), "x") with { Entrypoint = "run" };

        var problem = await RefusedAsync(request, "entrypoint-type");

        Assert.Contains(missing, problem.Detail, StringComparison.Ordinal);
    }

    private static TaskRequest Reverse(Digest module, string text) =>
        new() { Module = module.ToString(), Entrypoint = "reverse", Input = new TaskInput { Text = text } };

    private Task<VcpApiException> RefusedAsync(TaskRequest request, string code) =>
        Calls.RefusedAsync(HttpStatusCode.UnprocessableEntity, code, () => fixture.Client.SubmitTaskAsync(request, null, null, default));

    private async Task<string> InputDigestAsync(ComputeTask task) =>
        Digest.Of(await fixture.Client.GetInvocationAsync(TaskId.Parse(task.Id), default)).ToString();

    private async Task<ExecutionResult.Conclusive> RunAgainAsync(Digest module, string entrypoint, Invocation invocation, byte[] stdin)
    {
        using var threads = new GuestThreads(1);
        var sandbox = fixture.Server.Sandbox;
        using var prepared = await sandbox.PrepareAsync(module, async token => await fixture.Client.GetModuleContentAsync(module, token), default);
        var request = new ExecutionRequest { Module = module, Entrypoint = entrypoint, Invocation = invocation, Stdin = stdin, Timeout = TimeSpan.FromMinutes(1) };
        return Assert.IsType<ExecutionResult.Conclusive>(await threads.RunAsync(() => sandbox.Execute(prepared, request, default)));
    }
}
