using System.Net;
using System.Text;
using System.Text.Json;
using Ailee.Vcp.Client;
using Ailee.Vcp.Client.Tasks;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Server.Tests.Hosting;

namespace Ailee.Vcp.Server.Tests.Tasks;

public sealed class TaskSubmissionTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    [Fact]
    public async Task Submit_Function_CompletedWithResultMetricsAndProof()
    {
        var module = await fixture.Client.UploadAsync(Guests.Math);

        var task = await fixture.Client.RunAsync(module, "add", 2, 40);

        Assert.Equal((TaskStates.Completed, module.ToString(), "add"), (task.State, task.Module, task.Entrypoint));
        Assert.True(task.CompletedAt >= task.SubmittedAt);
        Assert.Null(task.Failure);
        var result = task.Result!;
        Assert.Equal(("completed", 0L, null), (result.Outcome, result.ExitCode, result.Trap));
        var value = Assert.Single(result.Results);
        Assert.Equal(("i32", JsonValueKind.Number, "42"), (value.Type, value.Value.ValueKind, value.Value.GetRawText()));
        Assert.Equal((0L, string.Empty, Digest.Of([]).ToString()), (result.Output.SizeBytes, result.Output.Text, result.Output.Digest));
        Assert.Equal((0L, string.Empty), (result.Stderr.SizeBytes, result.Stderr.Text));
        var attempt = Assert.Single(task.Attempts);
        Assert.Equal((1, "accepted", null), (attempt.Number, attempt.State, attempt.Reason));
        var proof = Assert.Single(task.Proofs);
        Assert.Equal(attempt.Node, proof.Node);
    }

    [Fact]
    public async Task Submit_Function_GasIsWhatTheScheduleSays()
    {
        var module = await fixture.Client.UploadAsync(Guests.Math);

        var task = await fixture.Client.RunAsync(module, "add", 2, 40);

        var id = TaskId.Parse(task.Id);
        var input = await fixture.Client.GetInvocationAsync(id, default);
        var output = await fixture.Client.GetOutputRecordAsync(id, default);
        Assert.Equal(GasSchedule.Total(task.Metrics!.Instructions, 0, input.Length, output.Length), task.Metrics.Gas);
        Assert.InRange(task.Metrics.Instructions, 1, 100);
        Assert.Equal(0, task.Metrics.MemoryBytes);
    }

    [Fact]
    public async Task Submit_SameRequestTwice_SamePayloadButTaskAndNonce()
    {
        var module = await fixture.Client.UploadAsync(Guests.Show);
        var request = Calls.Command(module, "one") with { Input = new TaskInput { Text = "in" } };

        var first = await fixture.Client.GetProofAsync(Digest.Parse((await fixture.Client.RunAsync(request)).Proofs[0].Id), default);
        var second = await fixture.Client.GetProofAsync(Digest.Parse((await fixture.Client.RunAsync(request)).Proofs[0].Id), default);

        Assert.NotEqual(first.Task, second.Task);
        Assert.NotEqual(first.Payload!.Nonce, second.Payload!.Nonce);
        Assert.NotEqual(first.Counter, second.Counter);
        Assert.Equal(first.Payload with { Nonce = second.Payload.Nonce }, second.Payload);
    }

    [Theory]
    [InlineData("add", new object[] { "0xfffffff", 1 }, null)]
    [InlineData("add", new object[] { -2147483648, 4294967295 }, "2147483647")]
    [InlineData("add", new object[] { "-1", "1" }, "0")]
    [InlineData("add64", new object[] { "9007199254740993", "-1" }, "\"9007199254740992\"")]
    [InlineData("add64", new object[] { "18446744073709551615", "0" }, "\"-1\"")]
    [InlineData("half32", new object[] { "3" }, "\"1.5\"")]
    [InlineData("half", new object[] { "0.1" }, "\"0.05\"")]
    [InlineData("half", new object[] { "-inf" }, "\"-inf\"")]
    [InlineData("half", new object[] { "nan" }, "\"nan\"")]
    [InlineData("nothing", new object[] { }, "")]
    [InlineData("swap", new object[] { 1, "2" }, "\"2\" 1")]
    public async Task Submit_Numbers_PassedExactly(string entrypoint, object[] arguments, string? results)
    {
        var module = await fixture.Client.UploadAsync(Guests.Math);

        if (results is null)
        {
            await Calls.RefusedAsync(HttpStatusCode.UnprocessableEntity, "arguments-invalid", () => fixture.Client.RunAsync(module, entrypoint, arguments));
            return;
        }

        var task = await fixture.Client.RunAsync(module, entrypoint, arguments);
        Assert.Equal(results, string.Join(' ', task.Result!.Results.Select(result => result.Value.GetRawText())));
    }

    [Fact]
    public async Task Submit_Command_SeesArgumentsEnvironmentAndStdin()
    {
        var module = await fixture.Client.UploadAsync(Guests.Show);
        var request = Calls.Command(module, "one", "zwei ✓", string.Empty) with
        {
            Env = new Dictionary<string, string> { ["Z"] = "last", ["A"] = "x=y", ["EMPTY"] = string.Empty },
            Input = new TaskInput { Text = "stdin\n" },
        };

        var task = await fixture.Client.RunAsync(request);

        Assert.Equal("main\0one\0zwei ✓\0\0A=x=y\0EMPTY=\0Z=last\0stdin\n", task.Result!.Output.Text);
        Assert.Equal(("completed", 4L, "_start"), (task.Result.Outcome, task.Result.ExitCode, task.Entrypoint));
        Assert.Empty(task.Result.Results);
    }

    [Fact]
    public async Task Submit_BinaryInput_ComesBackAsBase64()
    {
        var module = await fixture.Client.UploadAsync(Guests.Show);
        byte[] input = [0xff, 0x00, 0xfe];

        var task = await fixture.Client.RunAsync(Calls.Command(module) with { Input = new TaskInput { Base64 = Convert.ToBase64String(input) } });

        var expected = (byte[])[.. "main\0"u8, .. input];
        Assert.Null(task.Result!.Output.Text);
        Assert.Equal(expected, Convert.FromBase64String(task.Result.Output.Base64!));
        Assert.Equal((8L, Digest.Of(expected).ToString()), (task.Result.Output.SizeBytes, task.Result.Output.Digest));
    }

    [Fact]
    public async Task Submit_Wait_AnsweredWhenDecided()
    {
        var module = await fixture.Client.UploadAsync(Guests.Math);
        var body = $$"""{"module":"{{module}}","entrypoint":"add","args":[1,2]}""";

        using var response = await fixture.Http.PostAsync("api/v1/tasks", body, MediaTypes.Json, ("Prefer", "respond-async, wait=100"));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("wait=60", Assert.Single(response.Headers.GetValues("Preference-Applied")));
        var task = JsonSerializer.Deserialize(await response.Content.ReadAsStringAsync(), VcpJson.Default.ComputeTask)!;
        Assert.Equal(TaskStates.Completed, task.State);
        Assert.Equal($"/api/v1/tasks/{task.Id}", response.Headers.Location?.OriginalString);
    }

    [Fact]
    public async Task Get_WithWait_AnsweredWhenDecided()
    {
        var module = await fixture.Client.UploadAsync(Guests.Math);
        var id = await fixture.Client.SubmitAsync(module, "add", 1, 2);

        var task = await fixture.Client.GetTaskAsync(id, Calls.LongWait, default);

        Assert.Equal(TaskStates.Completed, task.State);
    }

    [Fact]
    public async Task Submit_AtOnce_EachGetsItsOwnResult()
    {
        var module = await fixture.Client.UploadAsync(Guests.Math);

        var tasks = await Task.WhenAll(Enumerable.Range(0, 100).Select(number => fixture.Client.RunAsync(module, "add", number, 1000)));

        Assert.Equal(Enumerable.Range(1000, 100).Select(number => $"{number}"), tasks.Select(task => task.Result!.Results[0].Value.GetRawText()));
        Assert.Equal(100, tasks.SelectMany(task => task.Proofs).Select(proof => proof.Id).Distinct().Count());
    }

    [Fact]
    public async Task Submit_Json_AbsentMembersAreLeftOut()
    {
        var module = await fixture.Client.UploadAsync(Guests.Math);

        using var response = await fixture.Http.PostAsync(
            "api/v1/tasks",
            Encoding.UTF8.GetBytes($$"""{"module":"{{module}}","entrypoint":"nothing","args":null,"limits":{ } }"""),
            "application/json; charset=utf-8",
            ("Prefer", "wait=60"));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.DoesNotContain("null", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }
}
