using System.Net;
using System.Text;
using Ailee.Vcp.Client;
using Ailee.Vcp.Server;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;

namespace Ailee.Vcp.Benchmarks;

/// <summary>The memory of a whole server, this process, after 10 000 tasks against after 1000: what is kept for each task is on disk.</summary>
internal static class MemoryBenchmark
{
    private const int Warm = 1000;
    private const int All = 10_000;
    private const int Connections = 4;

    public static async Task RunAsync()
    {
        Console.WriteLine($"\nProcess memory after {All} tasks ÷ after {Warm}");
        var data = Directory.CreateTempSubdirectory("vcp-bench-");
        try
        {
            await using var app = ServerHost.Build(["--urls", "http://127.0.0.1:0", "--Storage:DataDirectory", data.FullName, "--Sandbox:MemoryBytes", "16777216"]);
            await app.StartAsync();
            var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
            using var http = new HttpClient { BaseAddress = new Uri(address), Timeout = TimeSpan.FromMinutes(2) };
            var tasks = await TasksAsync(http);
            await SendAsync(http, tasks, 0, Warm);
            var before = Resident();
            await SendAsync(http, tasks, Warm, All);
            var after = Resident();
            Console.WriteLine($"  {after / before:0.000} (target ≤ 1.10): {after:0.0} MiB ÷ {before:0.0} MiB");
            await app.StopAsync();
        }
        finally
        {
            data.Delete(recursive: true);
        }
    }

    // A function, and a program that writes a file of a mebibyte and gives it back.
    private static async Task<string[]> TasksAsync(HttpClient http)
    {
        var client = new VcpClient(http);
        var function = await client.UploadModuleAsync("""(module (func (export "run") (result i32) (i32.const 42)))"""u8.ToArray(), MediaTypes.Wat, CancellationToken.None);
        var files = await File.ReadAllBytesAsync(Path.Combine(AppContext.BaseDirectory, "guests", "files.wasm"));
        var program = await client.UploadModuleAsync(files, MediaTypes.Wasm, CancellationToken.None);
        return
        [
            $$"""{"module":"{{function.Digest}}","entrypoint":"run"}""",
            $$"""{"module":"{{program.Digest}}","args":["/","data.bin","1"]}""",
        ];
    }

    private static async Task SendAsync(HttpClient http, string[] tasks, int from, int to)
    {
        await Parallel.ForAsync(from, to, new ParallelOptions { MaxDegreeOfParallelism = Connections }, async (number, cancellationToken) =>
        {
            using var message = new HttpRequestMessage(HttpMethod.Post, "/api/v1/tasks") { Content = new StringContent(tasks[number % tasks.Length], Encoding.UTF8, MediaTypes.Json) };
            message.Headers.Add("Prefer", "wait=60");
            using var response = await http.SendAsync(message, cancellationToken);
            var answer = await response.Content.ReadAsStringAsync(cancellationToken);
            if (response.StatusCode != HttpStatusCode.OK || !answer.Contains("\"outcome\":\"completed\"", StringComparison.Ordinal))
            {
                throw new InvalidOperationException($"A task answered {response.StatusCode}: {answer}");
            }
        });
    }

    /// <summary>MiB that the process holds once the garbage is gone.</summary>
    private static double Resident()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        GC.WaitForPendingFinalizers();
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        return Environment.WorkingSet / (1024.0 * 1024.0);
    }
}
