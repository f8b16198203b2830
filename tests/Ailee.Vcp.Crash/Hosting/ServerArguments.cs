namespace Ailee.Vcp.Crash.Hosting;

/// <summary>How servers are started: small, and in a hurry.</summary>
internal static class ServerArguments
{
    /// <summary>The data directory below a directory.</summary>
    public static string DataOf(string root) => Path.Combine(root, "data");

    /// <summary>Command line of a server that has all it has below a directory.</summary>
    public static string[] Of(string root) =>
    [
        "--urls", "http://127.0.0.1:0",
        "--Storage:DataDirectory", DataOf(root),
        "--Log:GuardPath", Path.Combine(root, "guard", "checkpoint"),
        "--Log:CheckpointIntervalMs", "20",
        "--Sandbox:Slots", "2",
        "--Sandbox:MemoryBytes", "1048576",
        "--Sandbox:ScratchBytes", "1048576",
        "--Tasks:RetryDelayMs", "0",
        "--Tasks:AuctionMs", "100",
        "--Tasks:AuditRate", "1",
        "--hostBuilder:reloadConfigOnChange", "false",
    ];
}
