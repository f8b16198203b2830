using System.Collections.Concurrent;
using Ailee.Vcp.Client.Tasks;
using Ailee.Vcp.Core.Statements;
using Ailee.Vcp.Node;
using Ailee.Vcp.Sandbox;
using Ailee.Vcp.Server.Log;
using Ailee.Vcp.Server.Tasks;
using Prometheus;

namespace Ailee.Vcp.Server.Diagnostics;

/// <summary>
/// What the service counts, for <c>/metrics</c> and <c>/stats</c>. Totals start from the database at every start, so they count
/// tasks ever decided. Thread-safe.
/// </summary>
internal sealed class ServerMetrics
{
    private readonly ConcurrentDictionary<string, long> _states = new();
    private readonly ConcurrentDictionary<string, long> _outcomes = new();
    private readonly Counter _tasks;
    private readonly Counter _instructions;
    private readonly Counter _gas;
    private readonly Counter _retries;
    private readonly Counter _verified;
    private readonly Counter _rejected;
    private readonly Counter _repeats;
    private readonly Counter _regenerations;
    private readonly Histogram _execution;
    private readonly Histogram _queued;
    private readonly Histogram _logLag;
    private readonly Gauge _logSize;
    private readonly Gauge _logReadOnly;

    public ServerMetrics(TaskPlaces places, WasmSandbox sandbox, BundleCache bundles)
    {
        var metrics = Metrics.WithCustomRegistry(Registry);
        _tasks = metrics.CreateCounter("vcp_tasks_total", "Tasks decided, by state and outcome.", "state", "outcome");
        _instructions = metrics.CreateCounter("vcp_instructions_total", "Instructions of completed tasks.");
        _gas = metrics.CreateCounter("vcp_gas_total", "Gas of completed tasks.");
        _retries = metrics.CreateCounter("vcp_task_retries_total", "Attempts that decided nothing and were followed by another.");
        _verified = metrics.CreateCounter("vcp_proofs_verified_total", "Statements verified on request, by the first check that failed or 'none'.", "failure");
        _rejected = metrics.CreateCounter("vcp_proofs_rejected_total", "Statements of nodes that were refused, by check.", "check");
        _repeats = metrics.CreateCounter("vcp_task_repeats_total", "Tasks run several times, by whether the runs agreed.", "result");
        _regenerations = metrics.CreateCounter("vcp_trace_regenerations_total", "Runs made for parts of traces that were not kept, by what came of them.", "result");
        var buckets = Histogram.ExponentialBuckets(0.0001, 3, 13);
        _execution = metrics.CreateHistogram("vcp_task_execution_seconds", "Wall time of conclusive runs.", new HistogramConfiguration { Buckets = buckets });
        _queued = metrics.CreateHistogram("vcp_task_queue_seconds", "Time from submission to lease.", new HistogramConfiguration { Buckets = buckets });
        _logLag = metrics.CreateHistogram("vcp_log_integration_seconds", "Time from appending an entry to the log until its checkpoint is served.", new HistogramConfiguration { Buckets = buckets });
        _logSize = metrics.CreateGauge("vcp_log_entries", "Entries of the log that its checkpoint covers.");
        _logReadOnly = metrics.CreateGauge("vcp_log_read_only", "1 if the log contradicts what was seen of it, so that nothing is signed any more.");
        AddGauges(metrics, places, sandbox);
        AddBundleGauges(metrics, bundles);
        DotNetStats.Register(Registry);
    }

    /// <summary>One registry for a host: hosts in one process do not mix.</summary>
    public CollectorRegistry Registry { get; } = Metrics.NewCustomRegistry();

    public long Instructions => (long)_instructions.Value;

    public long Gas => (long)_gas.Value;

    public IReadOnlyDictionary<string, long> Outcomes => _outcomes;

    public long InState(string state) => _states.GetValueOrDefault(state);

    /// <summary>Takes over what was decided before this start.</summary>
    public void Load(IEnumerable<(string State, string? Outcome, long Count, long Instructions, long Gas)> totals)
    {
        foreach (var (state, outcome, count, instructions, gas) in totals.Where(total => TaskStates.IsFinal(total.State)))
        {
            Add(state, outcome, count, instructions, gas);
        }
    }

    public void Decided(string state, string? outcome, long instructions, long gas) => Add(state, outcome, 1, instructions, gas);

    public void Ran(TimeSpan execution, TimeSpan queued)
    {
        _execution.Observe(execution.TotalSeconds);
        _queued.Observe(Math.Max(0, queued.TotalSeconds));
    }

    public void Retried() => _retries.Inc();

    public void Repeated(bool agreed) => _repeats.WithLabels(agreed ? "agreed" : "mismatch").Inc();

    public void Regenerated(bool same) => _regenerations.WithLabels(same ? "same" : "failed").Inc();

    public void Rejected(string check) => _rejected.WithLabels(check).Inc();

    /// <summary>Entries were taken into the tree, whose checkpoint is served now.</summary>
    public void Integrated(long size, DateTimeOffset now, IReadOnlyList<LoggedEntry> entries)
    {
        _logSize.Set(size);
        foreach (var entry in entries)
        {
            _logLag.Observe(Math.Max(0, (now - entry.LoggedAt).TotalSeconds));
        }
    }

    public void LogIsReadOnly() => _logReadOnly.Set(1);

    public void Verified(VerificationReport report) => _verified.WithLabels(report.FirstFailure?.Name ?? "none").Inc();

    private void Add(string state, string? outcome, long count, long instructions, long gas)
    {
        _states.AddOrUpdate(state, count, (_, value) => value + count);
        if (outcome is not null)
        {
            _outcomes.AddOrUpdate(outcome, count, (_, value) => value + count);
        }

        _tasks.WithLabels(state, outcome ?? string.Empty).Inc(count);
        _instructions.Inc(instructions);
        _gas.Inc(gas);
    }

    private void AddBundleGauges(MetricFactory metrics, BundleCache bundles)
    {
        var cache = metrics.CreateGauge("vcp_bundle_cache_bytes", "Bytes of bundles in memory.");
        var lookups = metrics.CreateCounter("vcp_bundle_cache_lookups_total", "Look-ups of bundles, by where they were found.", new CounterConfiguration { LabelNames = ["result"] });
        Registry.AddBeforeCollectCallback(() =>
        {
            var statistics = bundles.Statistics();
            cache.Set(statistics.Bytes);
            lookups.WithLabels("memory").IncTo(statistics.Hits);
            lookups.WithLabels("loaded").IncTo(statistics.Loads);
        });
    }

    private void AddGauges(MetricFactory metrics, TaskPlaces places, WasmSandbox sandbox)
    {
        var open = metrics.CreateGauge("vcp_tasks_open", "Tasks that are not decided.");
        var modules = new ModuleMetrics(metrics);
        Registry.AddBeforeCollectCallback(() =>
        {
            open.Set(places.Open);
            modules.Set(sandbox.CacheStatistics);
        });
    }
}
