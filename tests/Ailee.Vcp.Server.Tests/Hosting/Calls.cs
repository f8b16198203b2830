using System.Net;
using System.Text;
using System.Text.Json;
using Ailee.Vcp.Client;
using Ailee.Vcp.Client.Tasks;
using Ailee.Vcp.Core;
using Ailee.Vcp.Server.Http;

namespace Ailee.Vcp.Server.Tests.Hosting;

/// <summary>What tests do often.</summary>
internal static class Calls
{
    public static readonly TimeSpan LongWait = TimeSpan.FromSeconds(60);

    /// <summary>Uploads a module from text and returns its digest.</summary>
    public static async Task<Digest> UploadAsync(this VcpClient client, string wat) =>
        Digest.Parse((await client.UploadModuleAsync(Encoding.UTF8.GetBytes(wat), MediaTypes.Wat, default)).Digest);

    /// <summary>Submits a task and returns it decided.</summary>
    public static async Task<ComputeTask> RunAsync(this VcpClient client, TaskRequest request)
    {
        var task = await client.SubmitTaskAsync(request, LongWait, null, default);
        Assert.True(TaskStates.IsFinal(task.State), $"The task is still {task.State}.");
        return task;
    }

    public static Task<ComputeTask> RunAsync(this VcpClient client, Digest module, string entrypoint, params object[] arguments) =>
        client.RunAsync(Function(module, entrypoint, arguments));

    /// <summary>Submits a task without waiting.</summary>
    public static async Task<TaskId> SubmitAsync(this VcpClient client, Digest module, string entrypoint, params object[] arguments) =>
        TaskId.Parse((await client.SubmitTaskAsync(Function(module, entrypoint, arguments), null, null, default)).Id);

    public static TaskRequest Function(Digest module, string entrypoint, params object[] arguments) =>
        new() { Module = module.ToString(), Entrypoint = entrypoint, Args = Arguments(arguments) };

    public static TaskRequest Command(Digest module, params object[] arguments) => new() { Module = module.ToString(), Args = Arguments(arguments) };

    public static IReadOnlyList<JsonElement> Arguments(params object[] arguments) => [.. arguments.Select(argument => JsonSerializer.SerializeToElement(argument))];

    /// <summary>The statement itself, without a receipt.</summary>
    public static async Task<byte[]> GetBareStatementAsync(this VcpClient client, Digest id) => Convert.FromBase64String((await client.GetProofAsync(id, default)).Statement);

    /// <summary>The call must be refused, with this status and code.</summary>
    public static async Task<VcpApiException> RefusedAsync(HttpStatusCode status, string code, Func<Task> call)
    {
        var exception = await Assert.ThrowsAsync<VcpApiException>(call);
        Assert.Equal((status, code), (exception.Status, exception.Code));
        return exception;
    }

    /// <summary>The answer must be a problem of the catalogue, with this code.</summary>
    public static async Task<ProblemView> ProblemAsync(this HttpResponseMessage response, string code)
    {
        using (response)
        {
            var text = await response.Content.ReadAsStringAsync();
            Assert.True(response.Content.Headers.ContentType?.MediaType == MediaTypes.Problem, $"{(int)response.StatusCode} {response.Content.Headers.ContentType}: {text}");
            var problem = JsonSerializer.Deserialize(text, VcpJson.Default.ProblemView)!;
            Assert.Equal(code, problem.Code);
            var kind = Assert.Single(Problems.All, kind => kind.Code == code);
            Assert.Equal((kind.Status, kind.Status), ((int)response.StatusCode, problem.Status));
            Assert.Equal((kind.Title, $"urn:vcp:problem:{code}"), (problem.Title, problem.Type));
            Assert.False(string.IsNullOrWhiteSpace(problem.Detail));
            return problem;
        }
    }

    public static async Task<ProblemView> ProblemAsync(this Task<HttpResponseMessage> response, string code) => await (await response).ProblemAsync(code);

    /// <summary>Posts a body as it stands.</summary>
    public static Task<HttpResponseMessage> PostAsync(this HttpClient http, string path, string body, string mediaType, params (string Name, string Value)[] headers) =>
        http.PostAsync(path, Encoding.UTF8.GetBytes(body), mediaType, headers);

    public static async Task<HttpResponseMessage> PostAsync(this HttpClient http, string path, byte[] body, string? mediaType, params (string Name, string Value)[] headers)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(body) };
        if (mediaType is not null)
        {
            message.Content.Headers.TryAddWithoutValidation("Content-Type", mediaType);
        }

        // A refusal of a large body comes before it is sent; without this it could be lost in the broken connection.
        message.Headers.ExpectContinue = body.Length > 60_000;
        foreach (var (name, value) in headers)
        {
            message.Headers.TryAddWithoutValidation(name, value);
        }

        return await http.SendAsync(message);
    }

    public static async Task<HttpResponseMessage> GetAsync(this HttpClient http, string path, params (string Name, string Value)[] headers)
    {
        using var message = new HttpRequestMessage(HttpMethod.Get, path);
        foreach (var (name, value) in headers)
        {
            message.Headers.TryAddWithoutValidation(name, value);
        }

        return await http.SendAsync(message);
    }
}
