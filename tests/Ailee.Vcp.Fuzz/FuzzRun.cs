using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using Ailee.Vcp.Client;
using Ailee.Vcp.Client.Modules;
using Ailee.Vcp.Client.Tasks;

namespace Ailee.Vcp.Fuzz;

/// <summary>Uploads each case, runs what is accepted, and notes every answer that no module may cause.</summary>
internal sealed class FuzzRun(FuzzedServer server, int seed)
{
    private const int Parallel = 4;
    private const int CallsPerModule = 3;
    private const long MiB = 1 << 20;

    // What a process may hold on to beside its level: caches that fill once, the collector's freedom.
    private const double MemorySlack = 1.25;
    private const long MemorySlackBytes = 64 * MiB;

    private readonly VcpClient _client = new(server.Http);
    private readonly ConcurrentDictionary<string, int> _counts = new();
    private long? _memoryBefore;
    private long? _memoryAfter;
    private int _done;

    public ConcurrentQueue<string> Failures { get; } = new();

    public async Task RunAsync(int cases)
    {
        var mutator = new Mutator(await CorpusAsync());
        await Batch(mutator, Enumerable.Range(0, cases / 10));
        _memoryBefore = server.MemoryInUse();
        await Batch(mutator, Enumerable.Range(cases / 10, cases - (cases / 10)));
        _memoryAfter = server.MemoryInUse();
        if (_memoryAfter > (_memoryBefore * MemorySlack) + MemorySlackBytes)
        {
            Failures.Enqueue($"memory grew from {_memoryBefore / MiB} to {_memoryAfter / MiB} MiB");
        }

        await CheckAliveAsync();
    }

    public string Summary() => string.Create(
        CultureInfo.InvariantCulture,
        $"{_done} cases, seed {seed}: {string.Join(", ", _counts.OrderByDescending(pair => pair.Value).Select(pair => $"{pair.Key} {pair.Value}"))}; memory {_memoryBefore / MiB} -> {_memoryAfter / MiB} MiB; {Failures.Count} failures");

    private async Task<List<byte[]>> CorpusAsync()
    {
        var corpus = new List<byte[]>();
        foreach (var path in Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "Modules"), "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            var isText = path.EndsWith(".wat", StringComparison.Ordinal);
            try
            {
                var module = await _client.UploadModuleAsync(await File.ReadAllBytesAsync(path), isText ? MediaTypes.Wat : MediaTypes.Wasm, CancellationToken.None);
                corpus.Add(await _client.GetModuleContentAsync(Core.Digest.Parse(module.Digest), CancellationToken.None));
            }
            catch (VcpApiException refused) when ((int)refused.Status is >= 400 and < 500)
            {
                // A guest whose point is to be refused here; only valid modules are worth changing.
            }
        }

        return corpus;
    }

    private Task Batch(Mutator mutator, IEnumerable<int> numbers) =>
        System.Threading.Tasks.Parallel.ForEachAsync(numbers, new ParallelOptions { MaxDegreeOfParallelism = Parallel }, async (number, _) =>
        {
            try
            {
                await CaseAsync(mutator.Case(seed, number), number);
            }
            catch (Exception exception) when (exception is HttpRequestException or VcpApiException or JsonException or OperationCanceledException)
            {
                Failures.Enqueue($"case {number}: {exception.Message}");
            }

            Interlocked.Increment(ref _done);
        });

    private async Task CaseAsync(byte[] bytes, int number)
    {
        using var content = new ByteArrayContent(bytes);
        content.Headers.ContentType = new MediaTypeHeaderValue(MediaTypes.Wasm);
        using var response = await server.Http.PostAsync(new Uri("api/v1/modules", UriKind.Relative), content);
        var text = await response.Content.ReadAsStringAsync();
        if (response.IsSuccessStatusCode)
        {
            Count("accepted");
            var module = JsonSerializer.Deserialize(text, VcpJson.Default.ModuleView)!;
            foreach (var export in module.Exports.Where(export => export.Kind == "function").Take(CallsPerModule))
            {
                await CallAsync(module, export, number);
            }

            await _client.DeleteModuleAsync(Core.Digest.Parse(module.Digest), CancellationToken.None);
            return;
        }

        using var problem = JsonDocument.Parse(text);
        var code = problem.RootElement.GetProperty("code").GetString()!;
        Count(code);
        if ((int)response.StatusCode is < 400 or >= 500)
        {
            Failures.Enqueue($"case {number}: upload answered {(int)response.StatusCode} {code}");
        }
    }

    private async Task CallAsync(ModuleView module, ExportView export, int number)
    {
        var arguments = export.Parameters!.Select(type => JsonSerializer.SerializeToElement(type is "i32" ? "7" : "3", VcpJson.Default.String)).ToList();
        var request = new TaskRequest { Module = module.Digest, Entrypoint = export.Name, Args = export.Name == "_start" ? [] : arguments };
        ComputeTask task;
        try
        {
            task = await _client.SubmitTaskAsync(request, TimeSpan.FromSeconds(60), null, CancellationToken.None);
        }
        catch (VcpApiException refused) when ((int)refused.Status is >= 400 and < 500)
        {
            Count($"task {refused.Code}");
            return;
        }

        Count($"task {task.Failure?.Code ?? task.Result?.Outcome ?? task.State}");
        var problem = task.State is not ("completed" or "failed") ? $"is {task.State}"
            : task.Failure?.Code == "engine-fault" ? "ended in an engine fault"
            : task.Metrics?.Instructions > FuzzedServer.Instructions ? $"used {task.Metrics.Instructions} instructions"
            : task.Metrics?.MemoryBytes > FuzzedServer.MemoryBytes ? $"had {task.Metrics.MemoryBytes} bytes of memory"
            : task.Result?.Output.SizeBytes > FuzzedServer.StreamBytes || task.Result?.Stderr.SizeBytes > FuzzedServer.StreamBytes ? "wrote more than its limit"
            : null;
        if (problem is not null)
        {
            Failures.Enqueue($"case {number}: task of '{export.Name}' {problem}");
        }
    }

    private async Task CheckAliveAsync()
    {
        const string Wat = """(module (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1))))""";
        var module = await _client.UploadModuleAsync(System.Text.Encoding.UTF8.GetBytes(Wat), MediaTypes.Wat, CancellationToken.None);
        var five = JsonSerializer.SerializeToElement("5", VcpJson.Default.String);
        var task = await _client.SubmitTaskAsync(new TaskRequest { Module = module.Digest, Entrypoint = "add", Args = [five, five] }, TimeSpan.FromSeconds(60), null, CancellationToken.None);
        if (!server.IsAlive || task.Result?.Results.SingleOrDefault()?.Value.ToString() != "10")
        {
            Failures.Enqueue("the server no longer answers 5 + 5");
        }
    }

    private void Count(string what) => _counts.AddOrUpdate(what, 1, static (_, count) => count + 1);
}
