using Ailee.Vcp.Client;
using Ailee.Vcp.Client.Tasks;
using Ailee.Vcp.Node;
using Ailee.Vcp.Sandbox;
using Ailee.Vcp.Sandbox.Modules;
using Ailee.Vcp.Server.Auth;
using Ailee.Vcp.Server.Bundles;
using Ailee.Vcp.Server.Clocks;
using Ailee.Vcp.Server.Http;
using Ailee.Vcp.Server.Log;
using Ailee.Vcp.Server.Modules;
using Ailee.Vcp.Server.Nodes;
using Ailee.Vcp.Server.Proofs;
using Ailee.Vcp.Server.Storage;
using Ailee.Vcp.Server.Tasks;
using Microsoft.AspNetCore.Http.HttpResults;
using Prometheus;

namespace Ailee.Vcp.Server.Diagnostics;

/// <summary>When the process started.</summary>
internal sealed record StartTime(DateTimeOffset Value);

internal static class DiagnosticEndpoints
{
    public static IServiceCollection AddDiagnostics(this IServiceCollection services) => services
        .AddSingleton<ServerMetrics>()
        .AddSingleton<Readiness>()
        .AddSingleton(new StartTime(TimeProvider.System.GetUtcNow()));

    public static void MapStats(this RouteGroupBuilder api) =>
        api.MapGet("/stats", Stats).Needs(Scope.Audit).WithTags("Stats").WithSummary("Numbers about the service");

    /// <summary>Health and metrics, outside the API.</summary>
    public static void MapDiagnostics(this WebApplication app)
    {
        app.MapGet("/health/live", () => TypedResults.Text("live")).AllowWithoutKey().ExcludeFromDescription().WithHead();
        app.MapGet("/health/ready", ReadyAsync).AllowWithoutKey().ExcludeFromDescription().WithHead();
        var metrics = app.Services.GetRequiredService<ServerMetrics>();
        // Otherwise made when the first node calls, which may be late.
        app.Services.GetRequiredService<NodeMetrics>();
        app.MapMetrics("/metrics", metrics.Registry).WithMetadata(new HttpMethodMetadata([HttpMethods.Get, HttpMethods.Head])).Needs(Scope.Audit).ExcludeFromDescription();
    }

    private static async Task<Results<ContentHttpResult, ProblemAnswer>> ReadyAsync(Readiness readiness) =>
        await readiness.CheckAsync() is { } problem ? problem.ToAnswer() : TypedResults.Text("ready");

    private static Ok<StatsView> Stats(
        IDatabase database,
        ServerMetrics metrics,
        TaskPlaces places,
        WasmSandbox sandbox,
        BundleCache bundleCache,
        PublishedLog log,
        NodeRegistry nodes,
        ServerClock clock,
        StartTime started)
    {
        var (modules, bundles, proofs, running, verifying) = database.Read(transaction => (
            ModuleStore.Count(transaction),
            BundleStore.Count(transaction),
            ProofStore.Count(transaction),
            TaskStore.Count(transaction, TaskStates.Running),
            TaskStore.Count(transaction, TaskStates.Verifying)));
        var tasks = new Dictionary<string, long>
        {
            [TaskStates.Queued] = Math.Max(0, places.Open - running - verifying),
            [TaskStates.Running] = running,
            [TaskStates.Verifying] = verifying,
        };
        foreach (var state in TaskStates.All.Where(TaskStates.IsFinal))
        {
            tasks[state] = metrics.InState(state);
        }

        var held = bundleCache.Statistics();
        return TypedResults.Ok(new StatsView(
            tasks,
            metrics.Outcomes,
            modules,
            proofs,
            metrics.Instructions,
            metrics.Gas,
            View(sandbox.CacheStatistics),
            started.Value)
        {
            Bundles = bundles,
            Nodes = nodes.CountByState(clock.Now),
            Log = new LogStateView(log.Tree.Origin, log.Tree.Size, log.Tree.ReadOnly),
            BundleCache = new BundleCacheView(held.Hits, held.Loads, held.Entries, held.Bytes),
        });
    }

    private static ModuleCacheView View(CacheStatistics cache) =>
        new(cache.MemoryHits, cache.DiskHits, cache.Compilations, cache.RejectedArtifacts, cache.Entries, cache.Bytes)
        {
            Evictions = cache.Evictions,
            DiskEntries = cache.DiskEntries,
            DiskBytes = cache.DiskBytes,
            DiskEvictions = cache.DiskEvictions,
            CompileTimeMs = cache.CompileTime.TotalMilliseconds,
            CompilerStarts = cache.CompilerStarts,
            Refusals = cache.Refusals,
        };
}
