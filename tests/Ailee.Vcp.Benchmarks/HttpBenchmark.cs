using System.Diagnostics;
using System.Net.Http.Json;
using System.Text;
using Ailee.Vcp.Client;
using Ailee.Vcp.Client.Tasks;
using Ailee.Vcp.Core;
using Ailee.Vcp.Server;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Ailee.Vcp.Benchmarks;

/// <summary>Durable, signed tasks per second over HTTP against an endpoint of the same host that echoes its body. Clients share the machine with the server.</summary>
internal static class HttpBenchmark
{
    /// <summary>Requests at once.</summary>
    internal const int Connections = 64;

    private const int Rounds = 3;
    private const int Batches = 4;

    // Until the JIT has compiled the path for the second time.
    private const int WarmUps = 3;
    private static readonly TimeSpan RoundTime = TimeSpan.FromSeconds(5);

    public static async Task RunAsync()
    {
        Console.WriteLine($"\nTasks over HTTP at {Connections} connections ÷ echo in the same host");
        var data = Directory.CreateTempSubdirectory("vcp-bench-");
        try
        {
            await using var app = ServerHost.Build(["--urls", "http://127.0.0.1:0", "--Storage:DataDirectory", data.FullName, "--Sandbox:MemoryBytes", "16777216"]);
            app.MapPost("/echo", async (HttpContext context) =>
            {
                context.Response.ContentType = MediaTypes.Json;
                await context.Request.Body.CopyToAsync(context.Response.Body);
            });
            await app.StartAsync();
            var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
            await MeasureAsync(new Uri(address));
            await app.StopAsync();
        }
        finally
        {
            data.Delete(recursive: true);
        }
    }

    private static async Task MeasureAsync(Uri address)
    {
        using var http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = Connections }) { BaseAddress = address };
        var module = await new VcpClient(http).UploadModuleAsync(
            """(module (func (export "run") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1))))"""u8.ToArray(), MediaTypes.Wat, CancellationToken.None);
        var body = Encoding.UTF8.GetBytes($$"""{"module":"{{module.Digest}}","entrypoint":"run","args":[2,40]}""");
        var (ratios, rates) = (new List<double>(), new List<double>());
        await RateAsync(http, "/echo", body);
        for (var round = 0; round < WarmUps; round++)
        {
            await RateAsync(http, "/api/v1/tasks", body);
        }

        for (var round = 0; round < Rounds; round++)
        {
            var (echo, _) = await RateAsync(http, "/echo", body);
            var processor = Environment.CpuUsage.TotalTime;
            var (tasks, latencies) = await RateAsync(http, "/api/v1/tasks", body);
            processor = Environment.CpuUsage.TotalTime - processor;
            latencies.Sort();
            ratios.Add(tasks / echo);
            rates.Add(tasks);
            Console.WriteLine($"  {tasks,8:0} tasks/s ÷ {echo,8:0} echoes/s = {tasks / echo:0.000}; p50 {latencies[latencies.Count / 2]:0.0} ms, p99 {latencies[latencies.Count * 99 / 100]:0.0} ms; {processor.TotalMicroseconds / latencies.Count:0} µs of processor time a task, clients included");
        }

        Console.WriteLine($"  median {ratios.Order().ElementAt(Rounds / 2):0.000} (goal ≥ 0.20)");
        var single = rates.Order().ElementAt(Rounds / 2);
        var batch = await BatchRateAsync(http, body);
        Console.WriteLine($"  {Batches} batches of {TaskBatchRequest.Most}, until all are decided: {batch:0} tasks/s ÷ {single:0} = {batch / single:0.00} (goal ≥ 1.5)");
    }

    /// <summary>Tasks a second in batches, from the first submission until the last decision.</summary>
    private static async Task<double> BatchRateAsync(HttpClient http, byte[] task)
    {
        var body = Encoding.UTF8.GetBytes($$"""{"tasks":[{{string.Join(',', Enumerable.Repeat(Encoding.UTF8.GetString(task), TaskBatchRequest.Most))}}]}""");
        var client = new VcpClient(http);
        var before = await CompletedAsync(client);
        var start = Stopwatch.GetTimestamp();
        var last = await Task.WhenAll(Enumerable.Range(0, Batches).Select(async _ =>
        {
            using var content = new ByteArrayContent(body);
            content.Headers.ContentType = new(MediaTypes.Json);
            using var response = await http.PostAsync("/api/v1/tasks:batch", content);
            var answer = await response.Content.ReadFromJsonAsync(VcpJson.Default.TaskBatchView);
            if (answer?.Accepted != TaskBatchRequest.Most)
            {
                throw new InvalidOperationException($"Of a batch {answer?.Accepted} tasks were taken.");
            }

            return TaskId.Parse(answer.Items[^1].Id!);
        }));
        // Asking for the count all the time would be part of what is measured.
        await Task.WhenAll(last.Select(id => client.GetTaskAsync(id, TimeSpan.FromSeconds(30), CancellationToken.None)));
        while (await CompletedAsync(client) < before + (Batches * TaskBatchRequest.Most))
        {
            await Task.Delay(10);
        }

        return Batches * TaskBatchRequest.Most / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static async Task<long> CompletedAsync(VcpClient client) => (await client.GetStatsAsync(CancellationToken.None)).Tasks[TaskStates.Completed];

    /// <summary>Posts the body as fast as it is answered, for a round.</summary>
    internal static async Task<(double PerSecond, List<double> Latencies)> RateAsync(HttpClient http, string path, byte[] body)
    {
        var start = Stopwatch.GetTimestamp();
        var latencies = await Task.WhenAll(Enumerable.Range(0, Connections).Select(_ => Task.Run(async () =>
        {
            var own = new List<double>();
            while (Stopwatch.GetElapsedTime(start) < RoundTime)
            {
                var sent = Stopwatch.GetTimestamp();
                using var message = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(body) };
                message.Content.Headers.ContentType = new(MediaTypes.Json);
                message.Headers.Add("Prefer", "wait=30");
                using var response = await http.SendAsync(message);
                await response.Content.ReadAsByteArrayAsync();
                if (response.StatusCode != System.Net.HttpStatusCode.OK)
                {
                    throw new InvalidOperationException($"{path} answered {response.StatusCode}.");
                }

                own.Add(Stopwatch.GetElapsedTime(sent).TotalMilliseconds);
            }

            return own;
        })));
        var all = latencies.SelectMany(own => own).ToList();
        return (all.Count / Stopwatch.GetElapsedTime(start).TotalSeconds, all);
    }
}
