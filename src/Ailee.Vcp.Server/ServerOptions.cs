using Ailee.Vcp.Sandbox;
using Ailee.Vcp.Server.Auth;
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
    /// <exception cref="OptionsValidationException">Values are missing, of another type or out of range.</exception>
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
        var auth = Read<AuthOptions>(configuration, AuthOptions.Section, options => options.Problems(), problems);
        var jwt = Read<JwtOptions>(configuration, JwtOptions.Section, options => options.Problems(), problems);
        var rates = Read<RateLimitOptions>(configuration, RateLimitOptions.Section, options => options.Problems(), problems);
        CheckAddresses(configuration["urls"], problems);
        return problems.Count == 0
            ? services.AddSingleton(Options.Create(sandbox))
                .AddSingleton(Options.Create(tasks))
                .AddSingleton(Options.Create(bundles))
                .AddSingleton(Options.Create(log))
                .AddSingleton(Options.Create(nodes))
                .AddSingleton(Options.Create(ledger))
                .AddSingleton(Options.Create(safety))
                .AddSingleton(Options.Create(auth))
                .AddSingleton(Options.Create(jwt))
                .AddSingleton(Options.Create(rates))
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

    private static void CheckAddresses(string? urls, List<string> problems)
    {
        foreach (var url in urls?.Split(';', StringSplitOptions.RemoveEmptyEntries) ?? [])
        {
            try
            {
                BindingAddress.Parse(url);
            }
            catch (FormatException exception)
            {
                problems.Add($"urls: {exception.Message}");
            }
        }
    }
}
