using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Ailee.Vcp.Client;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Cose;
using Ailee.Vcp.Core.Statements;
using Ailee.Vcp.Server;
using Ailee.Vcp.Server.Log;
using Ailee.Vcp.Server.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Ailee.Vcp.Benchmarks;

/// <summary>Receipts from a log of a million entries, and how far its checkpoints lag behind the decisions at full load.</summary>
internal static class LogBenchmark
{
    private const int Size = 1_000_000;
    private const int Batch = 50_000;
    private const int StatementEvery = 1000;

    public static async Task RunAsync()
    {
        Console.WriteLine($"\nLog of {Size} entries");
        await WithServerAsync(MeasureReceiptsAsync);
        await WithServerAsync(MeasureLagAsync);
    }

    private static async Task WithServerAsync(Func<WebApplication, Task> measure)
    {
        var data = Directory.CreateTempSubdirectory("vcp-bench-");
        try
        {
            await using var app = ServerHost.Build(["--urls", "http://127.0.0.1:0", "--Storage:DataDirectory", data.FullName, "--Sandbox:MemoryBytes", "16777216"]);
            await app.StartAsync();
            await measure(app);
            await app.StopAsync();
        }
        finally
        {
            data.Delete(recursive: true);
        }
    }

    private static async Task MeasureReceiptsAsync(WebApplication app)
    {
        using var key = SigningKey.Create();
        var statements = new List<byte[]>();
        var (database, published) = (app.Services.GetRequiredService<IDatabase>(), app.Services.GetRequiredService<PublishedLog>());
        for (var appended = 0; appended < Size; appended += Batch)
        {
            var entries = Enumerable.Range(appended, Batch).Select(number => Entry(key, number, statements)).ToList();
            var last = await database.WriteAsync(transaction => entries.ConvertAll(entry => LogStore.Append(transaction, entry, StatementKind.Execution, DateTimeOffset.UnixEpoch))[^1]);
            app.Services.GetRequiredService<LogIntegrator>().Signal();
            await published.WaitAsync(last, TimeSpan.FromMinutes(5), TimeProvider.System, CancellationToken.None);
        }

        var receipts = app.Services.GetRequiredService<LogReceipts>();
        var (times, largest) = (new List<double>(), 0);
        foreach (var statement in statements.Concat(statements))
        {
            var start = Stopwatch.GetTimestamp();
            var file = await receipts.AddAsync(statement, TimeSpan.Zero, CancellationToken.None);
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            largest = Math.Max(largest, file!.Length);
        }

        // The first round warmed up.
        var measured = times.Skip(statements.Count).Order().ToList();
        Console.WriteLine($"  receipt: p50 {measured[measured.Count / 2]:0.000} ms, p99 {measured[measured.Count * 99 / 100]:0.000} ms (target ≤ 2 ms)");
        Console.WriteLine($"  transparent statement with the longest entrypoint and numbers: {largest} bytes at most (target ≤ 1638)");
    }

    private static Digest Entry(SigningKey key, int number, List<byte[]> statements)
    {
        if (number % StatementEvery != 0)
        {
            return new Digest(RandomNumberGenerator.GetBytes(Digest.SizeBytes));
        }

        statements.Add(StatementBenchmark.Largest(key, number));
        return Digest.Of(statements[^1]);
    }

    private static async Task MeasureLagAsync(WebApplication app)
    {
        using var http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = HttpBenchmark.Connections }) { BaseAddress = new Uri(app.Urls.First()) };
        var module = await new VcpClient(http).UploadModuleAsync(
            """(module (func (export "run") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1))))"""u8.ToArray(), MediaTypes.Wat, CancellationToken.None);
        var body = Encoding.UTF8.GetBytes($$"""{"module":"{{module.Digest}}","entrypoint":"run","args":[2,40]}""");
        await HttpBenchmark.RateAsync(http, "/api/v1/tasks", body);
        var published = app.Services.GetRequiredService<PublishedLog>();
        var first = published.Tree.Size;
        using var end = new CancellationTokenSource();
        var watching = WatchAsync(published, first, end.Token);
        var (rate, _) = await HttpBenchmark.RateAsync(http, "/api/v1/tasks", body);
        var entries = app.Services.GetRequiredService<IDatabase>().Read(transaction => LogStore.Entries(transaction, first, long.MaxValue));
        await published.WaitAsync(entries[^1].Index, TimeSpan.FromSeconds(10), TimeProvider.System, CancellationToken.None);
        await end.CancelAsync();
        var seen = await watching;
        var lags = entries.ConvertAll(entry => (seen.First(checkpoint => checkpoint.Size > entry.Index).At - entry.LoggedAt).TotalMilliseconds);
        lags.Sort();
        Console.WriteLine($"  integration lag at {rate:0} tasks/s over HTTP: p50 {lags[lags.Count / 2]:0} ms, p99 {lags[lags.Count * 99 / 100]:0} ms, most {lags[^1]:0} ms (target p99 ≤ 1000 ms)");
    }

    // When each checkpoint began to be served.
    private static async Task<List<(long Size, DateTimeOffset At)>> WatchAsync(PublishedLog published, long size, CancellationToken cancellationToken)
    {
        var seen = new List<(long Size, DateTimeOffset At)>();
        try
        {
            while (true)
            {
                await published.WaitAsync(size, Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
                size = published.Tree.Size;
                seen.Add((size, TimeProvider.System.GetUtcNow()));
            }
        }
        catch (OperationCanceledException)
        {
            // A last look: the end may have come before the last checkpoint was seen here.
            seen.Add((published.Tree.Size, TimeProvider.System.GetUtcNow()));
            return seen;
        }
    }
}
