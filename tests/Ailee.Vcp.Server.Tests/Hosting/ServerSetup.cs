using Microsoft.Extensions.DependencyInjection;

namespace Ailee.Vcp.Server.Tests.Hosting;

/// <summary>How a test wants its server. The defaults are small limits, a directory of its own and a built-in node at work.</summary>
internal sealed record ServerSetup
{
    /// <summary>Data directory; null for one that goes with the server.</summary>
    public string? Directory { get; init; }

    /// <summary>Address to bind.</summary>
    public string Url { get; init; } = "http://127.0.0.1:0";

    /// <summary>Configuration on top of the defaults, as <c>Section:Key</c> and value.</summary>
    public Dictionary<string, string> Configuration { get; init; } = [];

    /// <summary>The clock, if it is not the machine's.</summary>
    public TimeProvider? Time { get; init; }

    /// <summary>False for a server whose built-in node is enrolled but takes no work.</summary>
    public bool NodeWorks { get; init; } = true;

    /// <summary>Replaces services.</summary>
    public Action<IServiceCollection>? Configure { get; init; }

    public static IReadOnlyDictionary<string, string> Limits { get; } = new Dictionary<string, string>
    {
        ["Sandbox:Slots"] = "2",
        ["Sandbox:MemoryBytes"] = "16777216",
        ["Sandbox:TimeoutMs"] = "60000",
        ["Sandbox:Instructions"] = "1000000000000",
        ["Sandbox:ModuleBytes"] = "65536",
        ["Sandbox:InputBytes"] = "65536",
        ["Sandbox:StdoutBytes"] = "200000",
        ["Sandbox:StderrBytes"] = "4096",
        ["Tasks:RetryDelayMs"] = "0",
        ["Tasks:DrainSeconds"] = "0",
        // Watching appsettings.json costs an inotify instance for each host.
        ["hostBuilder:reloadConfigOnChange"] = "false",
    };

    /// <summary>Command line of the server.</summary>
    public string[] Arguments(string directory) =>
    [
        "--urls", Url,
        "--Storage:DataDirectory", directory,
        .. Limits.Where(pair => !Configuration.ContainsKey(pair.Key)).Concat(Configuration).SelectMany(pair => (string[])["--" + pair.Key, pair.Value]),
    ];
}
