namespace Ailee.Vcp.ProductionDemo.Fleets;

/// <summary>What the demo's server has other than by default, and why (docs/configuration.md).</summary>
internal static class ServerSettings
{
    /// <summary>Linear memory of one guest, on the server and on every agent: 64 MiB.</summary>
    public const string MemoryBytes = "67108864";

    /// <param name="data">The data directory.</param>
    public static IEnumerable<string> Arguments(string data) => new Dictionary<string, string>
    {
        ["urls"] = "http://127.0.0.1:0",
        ["Storage:DataDirectory"] = data,
        // A dead agent is noticed in seconds, so that there is something to watch.
        ["Nodes:HeartbeatMs"] = "500",
        ["Nodes:LeaseTtlMs"] = "3000",
        ["Tasks:RetryDelayMs"] = "100",
        // One machine does the work of many: its slowness is no fault of theirs.
        ["Nodes:MaxLatencyMs"] = "60000",
        ["Sandbox:TimeoutMs"] = "120000",
        ["Sandbox:Slots"] = "1",
        ["Sandbox:MemoryBytes"] = MemoryBytes,
        // The long task needs more than the default.
        ["Sandbox:Instructions"] = "1000000000000",
        // Lies and crashes use attempts up.
        ["Tasks:MaxAttempts"] = "20",
    }.SelectMany(setting => new[] { $"--{setting.Key}", setting.Value });
}
