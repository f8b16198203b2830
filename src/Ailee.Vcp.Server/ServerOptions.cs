using Ailee.Vcp.Sandbox;
using Ailee.Vcp.Server.Bundles;
using Ailee.Vcp.Server.Ledger;
using Ailee.Vcp.Server.Log;
using Ailee.Vcp.Server.Nodes;
using Ailee.Vcp.Server.Storage;
using Ailee.Vcp.Server.Tasks;
using Ailee.Vcp.Server.Telemetry;
using Microsoft.Extensions.Options;

namespace Ailee.Vcp.Server;

/// <summary>Reads the configuration's sections once, and checks them all before anything is opened, naming every key that is wrong.</summary>
internal static class ServerOptions
{
    // Every class that is read below, by its section; two share one.
    private static readonly ILookup<string, Type> KnownSections = new (string Section, Type Type)[]
    {
        (StorageOptions.Section, typeof(StorageOptions)),
        (SandboxOptions.Section, typeof(SandboxOptions)),
        (TaskOptions.Section, typeof(TaskOptions)),
        (BundleOptions.Section, typeof(BundleOptions)),
        (LogOptions.Section, typeof(LogOptions)),
        (LedgerOptions.Section, typeof(LedgerOptions)),
        (SafetyOptions.Section, typeof(SafetyOptions)),
        (NodeOptions.Section, typeof(NodeOptions)),
    }.ToLookup(one => one.Section, one => one.Type, StringComparer.OrdinalIgnoreCase);

    /// <exception cref="OptionsValidationException">Keys are unknown, or values are missing, of another type or out of range.</exception>
    public static IServiceCollection AddServerOptions(this IServiceCollection services, IConfiguration configuration, out StorageOptions storage)
    {
        var problems = new List<string>();
        storage = Read<StorageOptions>(configuration, StorageOptions.Section, options => options.Problems(), problems);
        var sandbox = Read<SandboxOptions>(configuration, SandboxOptions.Section, options => options.Problems(), problems);
        var tasks = Read<TaskOptions>(configuration, TaskOptions.Section, options => options.Problems(), problems);
        var bundles = Read<BundleOptions>(configuration, BundleOptions.Section, options => options.Problems(), problems);
        var log = Read<LogOptions>(configuration, LogOptions.Section, options => options.Problems(), problems);
        var ledger = Read<LedgerOptions>(configuration, LedgerOptions.Section, options => options.Problems(), problems);
        var safety = Read<SafetyOptions>(configuration, SafetyOptions.Section, options => options.Problems(), problems);
        var nodes = Read<NodeOptions>(configuration, NodeOptions.Section, options => options.Problems(), problems);
        problems.AddRange(UnknownKeys.Find(configuration, KnownSections));
        problems.AddRange(ListenAddresses.Problems(configuration["urls"]));
        return problems.Count == 0
            ? services.AddSingleton(Options.Create(sandbox))
                .AddSingleton(Options.Create(tasks))
                .AddSingleton(Options.Create(bundles))
                .AddSingleton(Options.Create(log))
                .AddSingleton(Options.Create(nodes))
                .AddSingleton(Options.Create(ledger))
                .AddSingleton(Options.Create(safety))
            : throw new OptionsValidationException(string.Empty, typeof(ServerOptions), problems);
    }

    private static T Read<T>(IConfiguration configuration, string section, Func<T, IEnumerable<string>> problemsOf, List<string> problems)
        where T : class, new()
    {
        var options = new T();
        try
        {
            configuration.GetSection(section).Bind(options);
            problems.AddRange(problemsOf(options));
        }
        catch (InvalidOperationException exception)
        {
            // A value of another type. The message names the key.
            problems.Add(exception.Message);
        }

        return options;
    }
}
