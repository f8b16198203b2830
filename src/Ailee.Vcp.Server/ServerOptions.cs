using Ailee.Vcp.Sandbox;
using Ailee.Vcp.Server.Auth;
using Ailee.Vcp.Server.Bundles;
using Ailee.Vcp.Server.Http;
using Ailee.Vcp.Server.Ledger;
using Ailee.Vcp.Server.Log;
using Ailee.Vcp.Server.Nodes;
using Ailee.Vcp.Server.Overload;
using Ailee.Vcp.Server.Retention;
using Ailee.Vcp.Server.Storage;
using Ailee.Vcp.Server.Tasks;
using Ailee.Vcp.Server.Telemetry;
using Ailee.Vcp.Server.Tls;
using Microsoft.Extensions.Options;

namespace Ailee.Vcp.Server;

/// <summary>Reads the configuration's sections once, and checks them all before anything is opened, naming every key that is wrong.</summary>
internal static class ServerOptions
{
    /// <exception cref="OptionsValidationException">Keys are unknown, or values are missing, of another type or out of range.</exception>
    public static IServiceCollection AddServerOptions(this IServiceCollection services, IConfiguration configuration, out StorageOptions storage)
    {
        var problems = new List<string>();
        // Two classes share a section.
        var known = new List<(string Section, Type Type)>();
        storage = Read<StorageOptions>(configuration, StorageOptions.Section, options => options.Problems(), known, problems);
        var sandbox = Read<SandboxOptions>(configuration, SandboxOptions.Section, options => options.Problems(), known, problems);
        var tasks = Read<TaskOptions>(configuration, TaskOptions.Section, options => options.Problems(), known, problems);
        var bundles = Read<BundleOptions>(configuration, BundleOptions.Section, options => options.Problems(), known, problems);
        var log = Read<LogOptions>(configuration, LogOptions.Section, options => options.Problems(), known, problems);
        var ledger = Read<LedgerOptions>(configuration, LedgerOptions.Section, options => options.Problems(), known, problems);
        var safety = Read<SafetyOptions>(configuration, SafetyOptions.Section, options => options.Problems(), known, problems);
        var nodes = Read<NodeOptions>(configuration, NodeOptions.Section, options => options.Problems(), known, problems);
        var retention = Read<RetentionOptions>(configuration, RetentionOptions.Section, options => options.Problems(), known, problems);
        var http = Read<HttpOptions>(configuration, HttpOptions.Section, options => options.Problems(), known, problems);
        var overload = Read<OverloadOptions>(configuration, OverloadOptions.Section, options => options.Problems(), known, problems);
        var tls = Read<TlsOptions>(configuration, TlsOptions.Section, options => options.Problems(), known, problems);
        var auth = Read<AuthOptions>(configuration, AuthOptions.Section, options => options.Problems(), known, problems);
        var jwt = Read<JwtOptions>(configuration, JwtOptions.Section, options => options.Problems(), known, problems);
        var rates = Read<RateLimitOptions>(configuration, RateLimitOptions.Section, options => options.Problems(), known, problems);
        problems.AddRange(UnknownKeys.Find(configuration, known.ToLookup(one => one.Section, one => one.Type, StringComparer.OrdinalIgnoreCase)));
        problems.AddRange(ListenAddresses.Problems(configuration["urls"]));
        return problems.Count == 0
            ? services.AddSingleton(Options.Create(sandbox))
                .AddSingleton(Options.Create(tasks))
                .AddSingleton(Options.Create(bundles))
                .AddSingleton(Options.Create(log))
                .AddSingleton(Options.Create(nodes))
                .AddSingleton(Options.Create(ledger))
                .AddSingleton(Options.Create(safety))
                .AddSingleton(Options.Create(retention))
                .AddSingleton(Options.Create(http))
                .AddSingleton(Options.Create(tls))
                .AddSingleton(Options.Create(overload))
                .AddSingleton(Options.Create(auth))
                .AddSingleton(Options.Create(jwt))
                .AddSingleton(Options.Create(rates))
            : throw new OptionsValidationException(string.Empty, typeof(ServerOptions), problems);
    }

    private static T Read<T>(IConfiguration configuration, string section, Func<T, IEnumerable<string>> problemsOf, List<(string Section, Type Type)> known, List<string> problems)
        where T : class, new()
    {
        known.Add((section, typeof(T)));
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
