using System.Globalization;

namespace Ailee.Vcp.Crash.Hosting;

/// <summary>How servers are started: small, and in a hurry.</summary>
internal static class ServerArguments
{
    private const string RetentionHours = "1";

    /// <summary>How old the bytes of a task may be.</summary>
    public static TimeSpan Retention { get; } = TimeSpan.FromHours(int.Parse(RetentionHours, CultureInfo.InvariantCulture));

    /// <summary>The server's first key, once it has one.</summary>
    public static string KeyFileOf(string root) => Path.Combine(DataOf(root), "admin.key");

    /// <summary>Where the backups are, beside the data directory.</summary>
    public static string BackupsOf(string root) => Path.Combine(root, "backups");

    /// <summary>The data directory below a directory.</summary>
    public static string DataOf(string root) => Path.Combine(root, "data");

    /// <summary>Command line of a server that has all it has below a directory.</summary>
    public static string[] Of(string root) =>
    [
        // Beyond loopback, so that every call needs a key.
        "--urls", "http://0.0.0.0:0",
        "--Storage:DataDirectory", DataOf(root),
        "--Log:GuardPath", Path.Combine(root, "guard", "checkpoint"),
        "--Log:CheckpointIntervalMs", "20",
        "--Sandbox:Slots", "2",
        "--Sandbox:MemoryBytes", "1048576",
        "--Sandbox:ScratchBytes", "1048576",
        "--Tasks:RetryDelayMs", "0",
        "--Tasks:AuctionMs", "100",
        "--Tasks:AuditRate", "1",
        "--Retention:OutputHours", RetentionHours,
        "--Retention:TraceHours", RetentionHours,
        "--Retention:InputHours", RetentionHours,
        "--hostBuilder:reloadConfigOnChange", "false",
    ];
}
