using Ailee.Vcp.Sandbox.Modules;
using Prometheus;

namespace Ailee.Vcp.Server.Diagnostics;

/// <summary>The module cache and its compilers as metrics, taken from the sandbox's own numbers whenever somebody asks.</summary>
internal sealed class ModuleMetrics(MetricFactory metrics)
{
    private readonly Gauge _bytes = metrics.CreateGauge("vcp_module_cache_bytes", "Bytes of compiled modules in memory.");
    private readonly Gauge _entries = metrics.CreateGauge("vcp_module_cache_entries", "Compiled modules in memory.");
    private readonly Gauge _diskBytes = metrics.CreateGauge("vcp_module_cache_disk_bytes", "Bytes of compiled modules on disk.");
    private readonly Gauge _diskEntries = metrics.CreateGauge("vcp_module_cache_disk_entries", "Compiled modules on disk.");
    private readonly Counter _lookups = metrics.CreateCounter("vcp_module_cache_lookups_total", "Look-ups of compiled modules, by where they were found.", "result");
    private readonly Counter _evictions = metrics.CreateCounter("vcp_module_cache_evictions_total", "Compiled modules that went because there was no room, by place.", "place");
    private readonly Counter _rejected = metrics.CreateCounter("vcp_module_cache_rejected_total", "Files of compiled modules that were not authentic and not used.");
    private readonly Counter _compileSeconds = metrics.CreateCounter("vcp_module_compile_seconds_total", "Wall time of compilations, those that ended in a refusal included.");
    private readonly Counter _compilerStarts = metrics.CreateCounter("vcp_module_compiler_starts_total", "Compiler processes started.");
    private readonly Counter _refusals = metrics.CreateCounter("vcp_module_refusals_total", "Modules that the compiler refused, by code.", "code");

    public void Set(CacheStatistics statistics)
    {
        _bytes.Set(statistics.Bytes);
        _entries.Set(statistics.Entries);
        _diskBytes.Set(statistics.DiskBytes);
        _diskEntries.Set(statistics.DiskEntries);
        _lookups.WithLabels("memory").IncTo(statistics.MemoryHits);
        _lookups.WithLabels("disk").IncTo(statistics.DiskHits);
        _lookups.WithLabels("compiled").IncTo(statistics.Compilations);
        _evictions.WithLabels("memory").IncTo(statistics.Evictions);
        _evictions.WithLabels("disk").IncTo(statistics.DiskEvictions);
        _rejected.IncTo(statistics.RejectedArtifacts);
        _compileSeconds.IncTo(statistics.CompileTime.TotalSeconds);
        _compilerStarts.IncTo(statistics.CompilerStarts);
        foreach (var (code, count) in statistics.Refusals)
        {
            _refusals.WithLabels(code).IncTo(count);
        }
    }
}
