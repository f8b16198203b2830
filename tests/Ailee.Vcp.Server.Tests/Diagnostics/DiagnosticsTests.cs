using System.Globalization;
using System.Net;
using Ailee.Vcp.Client;
using Ailee.Vcp.Client.Tasks;
using Ailee.Vcp.Core;
using Ailee.Vcp.Server.Tests.Hosting;

namespace Ailee.Vcp.Server.Tests.Diagnostics;

public sealed class DiagnosticsTests
{
    [Fact]
    public async Task Stats_AfterKnownWork_AddUpAlsoAfterARestart()
    {
        using var directory = new TempDirectory();
        var server = await RunningServer.StartAsync(new ServerSetup { Directory = directory.Path });
        var tasks = await WorkAsync(server.Client);

        var stats = await server.Client.GetStatsAsync(default);
        server = await server.RestartAsync();
        await using (server)
        {
            var after = await server.Client.GetStatsAsync(default);

            AssertAddUp(stats, tasks);
            AssertAddUp(after, tasks);
            Assert.Equal((3L, 0L), (stats.ModuleCache.Compilations, stats.ModuleCache.DiskHits));
            Assert.Equal((0L, 0L, 0), (after.ModuleCache.Compilations, after.ModuleCache.RejectedArtifacts, after.ModuleCache.Entries));
            Assert.True(after.StartedAt >= stats.StartedAt);
            await server.Client.RunAsync(Digest.Parse(tasks[0].Module), "add", 1, 2);
            Assert.Equal((0L, 1L), ((await server.Client.GetStatsAsync(default)).ModuleCache.Compilations, (await server.Client.GetStatsAsync(default)).ModuleCache.DiskHits));
        }
    }

    [Fact]
    public async Task Stats_Queued_CountsThem()
    {
        await using var server = await RunningServer.StartAsync(new ServerSetup { NodeWorks = false });
        using var node = new ActingNode(server);
        var module = await server.Client.UploadAsync(Guests.Math);
        for (var i = 0; i < 3; i++)
        {
            await server.Client.SubmitAsync(module, "add", 1, i);
        }

        await node.LeaseAsync();

        var stats = await server.Client.GetStatsAsync(default);
        Assert.Equal(TaskStates.All.Order(), stats.Tasks.Keys.Order());
        Assert.Equal((2L, 1L, 0L), (stats.Tasks[TaskStates.Queued], stats.Tasks[TaskStates.Running], stats.Tasks[TaskStates.Completed]));
    }

    [Fact]
    public async Task Metrics_AfterKnownWork_HaveItsValues()
    {
        await using var server = await RunningServer.StartAsync();
        var tasks = await WorkAsync(server.Client);
        var proof = await server.Client.GetBareStatementAsync(Digest.Parse(tasks[0].Proofs[0].Id));
        await server.Client.VerifyAsync(proof, default);
        await server.Client.VerifyAsync(proof.AsMemory(1), default);

        var metrics = await MetricsAsync(server);

        Assert.Equal(2, metrics["vcp_tasks_total{state=\"completed\",outcome=\"completed\"}"]);
        Assert.Equal(1, metrics["vcp_tasks_total{state=\"completed\",outcome=\"trapped\"}"]);
        Assert.Equal(1, metrics["vcp_tasks_total{state=\"failed\",outcome=\"\"}"]);
        Assert.Equal(tasks.Sum(task => task.Metrics?.Instructions ?? 0), metrics["vcp_instructions_total"]);
        Assert.Equal(tasks.Sum(task => task.Metrics?.Gas ?? 0), metrics["vcp_gas_total"]);
        Assert.Equal((3, 3), (metrics["vcp_task_execution_seconds_count"], metrics["vcp_task_queue_seconds_count"]));
        Assert.Equal((1, 1), (metrics["vcp_proofs_verified_total{failure=\"none\"}"], metrics["vcp_proofs_verified_total{failure=\"structure\"}"]));
        Assert.Equal((0, 0), (metrics["vcp_tasks_open"], metrics["vcp_task_retries_total"]));
        Assert.Equal(3, metrics["vcp_module_cache_lookups_total{result=\"compiled\"}"]);
        Assert.Equal(4, metrics["vcp_module_cache_lookups_total{result=\"memory\"}"]);
        Assert.Equal((3, 3), (metrics["vcp_module_cache_entries"], metrics["vcp_module_cache_disk_entries"]));
        Assert.True(metrics["vcp_module_cache_disk_bytes"] > metrics["vcp_module_cache_bytes"]);
        Assert.True(metrics["vcp_module_cache_bytes"] > 0);
        Assert.True(metrics["vcp_module_compile_seconds_total"] > 0);
        Assert.Equal(1, metrics["vcp_module_compiler_starts_total"]);
        Assert.Equal((0, 0), (metrics["vcp_module_cache_evictions_total{place=\"memory\"}"], metrics["vcp_module_cache_evictions_total{place=\"disk\"}"]));
    }

    [Fact]
    public async Task Metrics_RefusedAndRetried_AreCounted()
    {
        await using var server = await RunningServer.StartAsync(new ServerSetup { NodeWorks = false });
        using var node = new ActingNode(server);
        await server.Client.SubmitAsync(await server.Client.UploadAsync(Guests.Math), "add", 1, 2);
        await node.AnswerAsync(await node.LeaseAsync(), new Lie { Payload = payload => payload with { Nonce = Nonce.Create() } });

        var metrics = await MetricsAsync(server);

        Assert.Equal(1, metrics["vcp_proofs_rejected_total{check=\"nonce-mismatch\"}"]);
        Assert.Equal((1, 1), (metrics["vcp_task_retries_total"], metrics["vcp_tasks_open"]));
    }

    [Fact]
    public async Task Metrics_TwoServersInOneProcess_DoNotMix()
    {
        await using var busy = await RunningServer.StartAsync();
        await using var idle = await RunningServer.StartAsync();
        await WorkAsync(busy.Client);

        var metrics = await MetricsAsync(idle);

        Assert.Equal(0, metrics["vcp_instructions_total"]);
        Assert.DoesNotContain(metrics.Keys, name => name.StartsWith("vcp_tasks_total{", StringComparison.Ordinal));
        Assert.Equal(0, (await idle.Client.GetStatsAsync(default)).Proofs);
    }

    [Theory]
    [InlineData("GET", HttpStatusCode.OK)]
    [InlineData("HEAD", HttpStatusCode.OK)]
    [InlineData("POST", HttpStatusCode.MethodNotAllowed)]
    [InlineData("ANY", HttpStatusCode.MethodNotAllowed)]
    public async Task Metrics_Methods_OnlyThoseThatRead(string method, HttpStatusCode status)
    {
        await using var server = await RunningServer.StartAsync(new ServerSetup { NodeWorks = false });
        using var message = new HttpRequestMessage(new HttpMethod(method), "metrics");

        using var response = await server.Http.SendAsync(message);

        Assert.Equal(status, response.StatusCode);
    }

    [Theory]
    [InlineData("health/live", "live")]
    [InlineData("health/ready", "ready")]
    public async Task Health_Running_SaysSo(string path, string word)
    {
        await using var server = await RunningServer.StartAsync();

        using var response = await server.Http.GetAsync(path);

        Assert.Equal((HttpStatusCode.OK, word), (response.StatusCode, await response.Content.ReadAsStringAsync()));
    }

    /// <summary>Two sums, a trap and a stack bomb.</summary>
    private static async Task<List<ComputeTask>> WorkAsync(VcpClient client)
    {
        var math = await client.UploadAsync(Guests.Math);
        var traps = await client.UploadAsync(Guests.Traps);
        var bomb = await client.UploadAsync(Guests.StackBomb);
        return
        [
            await client.RunAsync(math, "add", 1, 2),
            await client.RunAsync(math, "add64", "3", "4"),
            await client.RunAsync(traps, "unreachable"),
            await client.RunAsync(bomb, "run"),
        ];
    }

    [Fact]
    public async Task Metrics_Names_AreThoseOfTheDocument()
    {
        await using var server = await RunningServer.StartAsync();

        var names = (await server.Http.GetStringAsync("metrics")).Split('\n')
            .Where(line => line.StartsWith("# TYPE vcp_", StringComparison.Ordinal))
            .Select(line => line.Split(' ')[2]);

        // Without TLS no certificate is shown.
        var documented = MarkdownTable.Rows("operations/metrics.md", "metric", "labels", "what").Select(cells => cells[0]).Except(["vcp_tls_certificate_expiry_timestamp_seconds"]);
        Assert.Equal((string.Empty, string.Empty), (string.Join(" ", documented.Except(names)), string.Join(" ", names.Except(documented))));
    }

    private static void AssertAddUp(StatsView stats, List<ComputeTask> tasks)
    {
        Assert.Equal((3L, 1L, 0L), (stats.Tasks[TaskStates.Completed], stats.Tasks[TaskStates.Failed], stats.Tasks[TaskStates.Cancelled]));
        Assert.Equal((0L, 0L), (stats.Tasks[TaskStates.Queued], stats.Tasks[TaskStates.Running]));
        Assert.Equal([("completed", 2L), ("trapped", 1L)], stats.Outcomes.OrderBy(pair => pair.Key).Select(pair => (pair.Key, pair.Value)));
        Assert.Equal((3L, 3L), (stats.Modules, stats.Proofs));
        Assert.Equal(tasks.Sum(task => task.Metrics?.Instructions ?? 0), stats.Instructions);
        Assert.Equal(tasks.Sum(task => task.Metrics?.Gas ?? 0), stats.Gas);
    }

    private static async Task<Dictionary<string, double>> MetricsAsync(RunningServer server) =>
        (await server.Http.GetStringAsync("metrics")).Split('\n')
            .Where(line => line.StartsWith("vcp_", StringComparison.Ordinal))
            .Select(line => line.Split(' '))
            .ToDictionary(parts => parts[0], parts => double.Parse(parts[^1], CultureInfo.InvariantCulture));
}
