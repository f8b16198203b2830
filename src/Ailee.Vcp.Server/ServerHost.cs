using System.Globalization;
using System.Text.Json.Serialization;
using Ailee.Vcp.Client;
using Ailee.Vcp.Server.Auctions;
using Ailee.Vcp.Server.Auth;
using Ailee.Vcp.Server.Bundles;
using Ailee.Vcp.Server.Clocks;
using Ailee.Vcp.Server.Diagnostics;
using Ailee.Vcp.Server.Dispatch;
using Ailee.Vcp.Server.Http;
using Ailee.Vcp.Server.Leases;
using Ailee.Vcp.Server.Ledger;
using Ailee.Vcp.Server.Log;
using Ailee.Vcp.Server.Modules;
using Ailee.Vcp.Server.Nodes;
using Ailee.Vcp.Server.Overload;
using Ailee.Vcp.Server.Proofs;
using Ailee.Vcp.Server.Reputation;
using Ailee.Vcp.Server.Retention;
using Ailee.Vcp.Server.Storage;
using Ailee.Vcp.Server.Tasks;
using Ailee.Vcp.Server.Telemetry;
using Ailee.Vcp.Server.Tls;
using Ailee.Vcp.Server.Traces;
using Microsoft.Extensions.Options;
using Serilog;
using Serilog.Events;

namespace Ailee.Vcp.Server;

/// <summary>Puts the server together. The table of contents of this project.</summary>
internal static class ServerHost
{
    private const string DefaultUrl = "http://127.0.0.1:8080";

    /// <summary>Runs until the process is told to stop. Returns the exit code: 0, or 1 with a sentence on the console if it cannot start.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        try
        {
            await using var app = Build(args);
            await app.StartAsync();
            await app.EnsureAccessAsync();
            await app.WaitForShutdownAsync();
            return ExitCode(app.Services);
        }
        catch (Exception exception) when (StartupFailures.Explain(exception) is { } explanation)
        {
            await Console.Error.WriteLineAsync($"vcp-server: {explanation}");
            return 1;
        }
    }

    /// <summary>1 if a background service failed and took the server down with it, so that whatever watches the process starts it again.</summary>
    public static int ExitCode(IServiceProvider services) =>
        services.GetServices<IHostedService>().OfType<BackgroundService>().Any(service => service.ExecuteTask is { IsFaulted: true }) ? 1 : 0;

    /// <summary>The server, not started. Tests replace services through <paramref name="configure"/>.</summary>
    public static WebApplication Build(string[] args, Action<IServiceCollection>? configure = null)
    {
        // Nothing reads configuration again, and the watch would see every write to a data directory below the working folder.
        var builder = WebApplication.CreateBuilder(["--hostBuilder:reloadConfigOnChange=false", .. args]);
        if (string.IsNullOrEmpty(builder.Configuration["urls"]) && string.IsNullOrEmpty(builder.Configuration["http_ports"]) && string.IsNullOrEmpty(builder.Configuration["https_ports"]))
        {
            builder.Configuration["urls"] = DefaultUrl;
        }

        builder.WebHost.ConfigureKestrel(ConnectionLimits.Apply);
        builder.WebHost.ConfigureKestrel(TlsServices.Apply);
        builder.Services.AddSerilog(Logging);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
            json.SerializerOptions.TypeInfoResolverChain.Insert(0, VcpJson.Default);
        });
        builder.Services.AddServerOptions(builder.Configuration, out var storage);
        builder.Services.AddStorage(storage);
        builder.Services.AddOptions<HostOptions>().Configure<IOptions<TaskOptions>>((host, tasks) => host.ShutdownTimeout = TimeSpan.FromSeconds(30 + tasks.Value.DrainSeconds));
        builder.Services.AddClocks().AddAccess().AddModules().AddBundles().AddTasks().AddDispatch().AddAuctions().AddTraces().AddLog().AddLedger().AddNodes().AddTelemetry().AddLeases().AddReputation().AddRetention().AddOverload().AddTls().AddDiagnostics().AddApiDocument();
        configure?.Invoke(builder.Services);

        var app = builder.Build();
        app.UseBrowserRules();
        app.UseProblems();
        app.UseRequestFraming();
        app.UseAccess();
        app.UseNodeCertificates();
        app.UseOverload();
        app.UseApiDocument();
        var api = app.MapGroup("/api/v1").WithHead();
        api.MapModules();
        api.MapBundles();
        api.MapTasks();
        api.MapExplanations();
        api.MapTraces();
        api.MapProofs();
        api.MapLog();
        api.MapNodes();
        api.MapNodeSessions();
        api.MapLeases();
        api.MapAuctions();
        api.MapTelemetry();
        api.MapLedger();
        api.MapStats();
        api.MapKeys();
        api.MapAudit();
        app.MapDiagnostics();
        return app;
    }

    private static void Logging(LoggerConfiguration logging) => logging
        .MinimumLevel.Information()
        .MinimumLevel.Override("Microsoft.AspNetCore", LogEventLevel.Warning)
        // It tells every failed start with a stack trace; StartupFailures tells it in a sentence, or lets it through.
        .MinimumLevel.Override("Microsoft.Extensions.Hosting.Internal.Host", LogEventLevel.Fatal)
        .WriteTo.Console(formatProvider: CultureInfo.InvariantCulture);
}
