using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json;
using Ailee.Vcp.Client;
using Ailee.Vcp.Client.Modules;
using Ailee.Vcp.Client.Tasks;

namespace Ailee.Vcp.Fuzz;

/// <summary>Uploads each case, runs what is accepted, and notes every answer that no module may cause.</summary>
internal sealed class FuzzRun(FuzzedServer server, int seed)
{
    // More than cores: half of the time goes into waiting for the disk.
    private const int Parallel = 8;
    private const int CallsPerModule = 2;
    private const int MemoryTries = 5;
    private const long MiB = 1 << 20;

    // What the server may hold on to beside its level: caches that fill once, the collector's freedom.
    private const double MemorySlack = 1.25;
    private const long MemorySlackBytes = 64 * MiB;

    // A compiler process is ended when it has more after a module (docs/design/sandbox.md).
    private const long CompilerBytes = 256 * MiB;

    // One tick and one bulk operation, on a machine that has other things to do.
    private static readonly TimeSpan TimeSlack = TimeSpan.FromSeconds(5);

    private readonly VcpClient _client = new(server.Http);
    private readonly ConcurrentDictionary<string, int> _counts = new();
    private string _memory = "memory not measured";
    private long _fingerprint;
    private int _done;

    public ConcurrentQueue<string> Failures { get; } = new();

    public async Task RunAsync(int cases)
    {
        var mutator = await MutatorAsync();
        // Until the caches of pages and modules are full.
        var first = cases / 4;
        await Batch(mutator, Enumerable.Range(0, first));
        var before = server.Memory();
        await Batch(mutator, Enumerable.Range(first, cases - first));
        await CheckMemoryAsync(mutator, before, cases);
        await CheckAliveAsync();
    }

    /// <summary>What happened. Two runs of the same seed have thrown the same cases if the fingerprints are the same.</summary>
    public string Summary() => string.Create(
        CultureInfo.InvariantCulture,
        $"{_done} cases, seed {seed}, fingerprint {_fingerprint:x16}: {string.Join(", ", _counts.OrderByDescending(pair => pair.Value).Select(pair => $"{pair.Key} {pair.Value}"))}; {_memory}; {Failures.Count} failures");

    private async Task<Mutator> MutatorAsync()
    {
        var (modules, texts) = (new List<byte[]>(), new List<byte[]>());
        foreach (var path in Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "Modules"), "*.wa*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            var bytes = await File.ReadAllBytesAsync(path);
            var isText = path.EndsWith(".wat", StringComparison.Ordinal);
            try
            {
                var module = await _client.UploadModuleAsync(bytes, isText ? MediaTypes.Wat : MediaTypes.Wasm, CancellationToken.None);
                modules.Add(await _client.GetModuleContentAsync(Core.Digest.Parse(module.Digest), CancellationToken.None));
            }
            catch (VcpApiException refused) when (IsRefusal(refused))
            {
                // A guest whose point is to be refused; only valid modules can be taken apart.
            }

            if (isText)
            {
                texts.Add(bytes);
            }
        }

        return new Mutator(modules, texts);
    }

    private Task Batch(Mutator mutator, IEnumerable<int> numbers) =>
        System.Threading.Tasks.Parallel.ForEachAsync(numbers, new ParallelOptions { MaxDegreeOfParallelism = Parallel }, async (number, _) =>
        {
            var fuzzed = mutator.Case(seed, number);
            Interlocked.Add(ref _fingerprint, BinaryPrimitives.ReadInt64LittleEndian(SHA256.HashData([.. BitConverter.GetBytes(number), .. fuzzed.Bytes])));
            var problems = new List<string>();
            try
            {
                problems.AddRange(await CaseAsync(fuzzed));
            }
            catch (Exception exception) when (exception is HttpRequestException or VcpApiException or JsonException or OperationCanceledException)
            {
                problems.Add($"{exception.GetType().Name}: {exception.Message}");
            }

            if (problems.Count > 0)
            {
                var path = Path.Combine(Path.GetTempPath(), string.Create(CultureInfo.InvariantCulture, $"vcp-fuzz-{seed}-{number}.{(fuzzed.IsText ? "wat" : "wasm")}"));
                await File.WriteAllBytesAsync(path, fuzzed.Bytes, CancellationToken.None);
                problems.ForEach(problem => Failures.Enqueue($"case {number} ({path}): {problem}"));
            }

            Interlocked.Increment(ref _done);
        });

    private async Task<List<string>> CaseAsync(FuzzCase fuzzed)
    {
        using var content = new ByteArrayContent(fuzzed.Bytes);
        content.Headers.ContentType = new MediaTypeHeaderValue(fuzzed.IsText ? MediaTypes.Wat : MediaTypes.Wasm);
        using var response = await server.Http.PostAsync(new Uri("api/v1/modules", UriKind.Relative), content);
        var text = await response.Content.ReadAsStringAsync();
        if (response.IsSuccessStatusCode)
        {
            Count("accepted");
            return await RunAsync(JsonSerializer.Deserialize(text, VcpJson.Default.ModuleView)!);
        }

        using var problem = JsonDocument.Parse(text);
        var code = problem.RootElement.GetProperty("code").GetString()!;
        Count(code);
        return (int)response.StatusCode is >= 400 and < 500 ? [] : [$"upload answered {(int)response.StatusCode} {code}"];
    }

    private async Task<List<string>> RunAsync(ModuleView module)
    {
        var problems = new List<string>();
        foreach (var export in module.Exports.Where(export => export.Kind == "function").OrderByDescending(export => export.Name is "run" or "_start").Take(CallsPerModule))
        {
            if (await CallAsync(module, export) is { } problem)
            {
                problems.Add($"task of '{export.Name}' {problem}");
            }
        }

        try
        {
            await _client.DeleteModuleAsync(Core.Digest.Parse(module.Digest), CancellationToken.None);
        }
        catch (VcpApiException refused) when (refused.Code is "module-not-found" or "module-in-use")
        {
            // Another case made the same module and is at work with it, or through.
        }

        return problems;
    }

    private async Task<string?> CallAsync(ModuleView module, ExportView export)
    {
        var takesBytes = export.Name == "run" && module.Exports.Any(other => other.Name == "alloc");
        var arguments = export.Parameters!.Select(type => JsonSerializer.SerializeToElement(type is "i32" ? "7" : "3", VcpJson.Default.String)).ToList();
        var request = new TaskRequest
        {
            Module = module.Digest,
            Entrypoint = export.Name,
            Args = export.Name == "_start" || takesBytes ? [] : arguments,
            Input = takesBytes ? new TaskInput { Text = "input" } : null,
            // Two runs that differ are a failure of the sandbox too.
            Assurance = new TaskAssurance { Mode = AssuranceModes.RepeatedRuns, Runs = 2 },
        };
        ComputeTask task;
        try
        {
            task = await _client.SubmitTaskAsync(request, TimeSpan.FromSeconds(60), null, CancellationToken.None);
        }
        catch (VcpApiException refused) when (IsRefusal(refused))
        {
            Count($"task {refused.Code}");
            return null;
        }

        Count($"task {task.Failure?.Code ?? task.Result?.Outcome ?? task.State}");
        return task.State is not ("completed" or "failed") ? $"is {task.State}"
            : task.Attempts.Any(attempt => attempt.Reason == "engine-fault") ? "met an engine fault"
            : task.Failure?.Code is not (null or "timeout" or "stack-limit") ? $"failed with {task.Failure.Code}"
            : task.Attempts.Any(attempt => attempt.EndedAt - attempt.StartedAt > FuzzedServer.Timeout + TimeSlack) ? "ran far beyond its wall time"
            : task.Metrics?.Instructions > FuzzedServer.Instructions ? $"used {task.Metrics.Instructions} instructions"
            : task.Metrics?.MemoryBytes > FuzzedServer.MemoryBytes ? $"had {task.Metrics.MemoryBytes} bytes of memory"
            : task.Result?.Output.SizeBytes > FuzzedServer.StreamBytes || task.Result?.Stderr.SizeBytes > FuzzedServer.StreamBytes ? "wrote more than its limit"
            : null;
    }

    /// <summary>A process whose memory floats comes back to its level while it works on; one that leaks does not.</summary>
    private async Task CheckMemoryAsync(Mutator mutator, FuzzedServer.MemoryInUse? before, int cases)
    {
        for (var tries = 0; before is not null; tries++)
        {
            var after = server.Memory()!;
            _memory = string.Create(CultureInfo.InvariantCulture, $"server {before.Server / MiB} -> {after.Server / MiB} MiB, compilers {string.Join(" + ", after.Compilers.Select(bytes => bytes / MiB))} MiB");
            if (after.Server <= (before.Server * MemorySlack) + MemorySlackBytes && after.Compilers.All(bytes => bytes <= CompilerBytes + MemorySlackBytes))
            {
                return;
            }

            if (tries == MemoryTries)
            {
                Failures.Enqueue($"memory does not come back to its level: {_memory}");
                return;
            }

            await Batch(mutator, Enumerable.Range(cases + (tries * 200), 200));
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

    private static bool IsRefusal(VcpApiException answer) => (int)answer.Status is >= 400 and < 500;

    private void Count(string what) => _counts.AddOrUpdate(what, 1, static (_, count) => count + 1);
}
