using Ailee.Vcp.Server.Storage;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Ailee.Vcp.Server.Auth;

internal static partial class AuthServices
{
    public static IServiceCollection AddAccess(this IServiceCollection services) => services
        .AddSingleton<ApiKeys>()
        .AddSingleton<KeyChanges>()
        .AddSingleton<KeyGate>()
        .AddSingleton<JwtIssuer>()
        .AddSingleton<JwtCallers>()
        .AddSingleton<RateLimits>()
        .AddSingleton<AuditTally>()
        .AddSingleton<TenantGate>()
        .AddSingleton<Quotas>()
        .AddSingleton<AccessUpkeep>()
        .AddHostedService(provider => provider.GetRequiredService<AccessUpkeep>());

    public static IApplicationBuilder UseAccess(this IApplicationBuilder app) => app.UseMiddleware<AccessMiddleware>();

    /// <summary>Makes the first key if the server listens beyond loopback, and writes the start down. Call after the server has started.</summary>
    public static async Task EnsureAccessAsync(this WebApplication app)
    {
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses ?? [];
        var keyless = AccessMiddleware.IsLoopbackOnly(addresses);
        await RecordStartAsync(app, string.Join(' ', addresses), keyless);
        if (keyless)
        {
            LogKeyless(app.Logger);
        }
        else if (await app.Services.GetRequiredService<ApiKeys>().EnsureAdminKeyAsync() is { } file)
        {
            LogAdminKey(app.Logger, file);
        }
    }

    private static async Task RecordStartAsync(WebApplication app, string addresses, bool keyless)
    {
        var version = typeof(AuthServices).Assembly.GetName().Version!.ToString(3);
        var started = new AuditEvent(AuditKinds.ServerStarted, "server", app.Services.GetRequiredService<TimeProvider>().GetUtcNow())
        {
            Subject = version,
            Detail = $"{addresses}; {(keyless ? "no keys needed" : "keys needed")}",
        };
        try
        {
            await app.Services.GetRequiredService<IDatabase>().WriteAsync(transaction => AuditEvents.Add(transaction, started));
        }
        catch (StorageException exception)
        {
            // It says so by /health/ready, and tells what is there.
            LogUnrecorded(app.Logger, exception);
        }
    }

    [LoggerMessage(1101, LogLevel.Information, "Listening on loopback only: no API key is needed")]
    private static partial void LogKeyless(ILogger logger);

    [LoggerMessage(1102, LogLevel.Information, "The first API key is in {File}; every call needs one")]
    private static partial void LogAdminKey(ILogger logger, string file);

    [LoggerMessage(1105, LogLevel.Warning, "The start could not be written into the audit trail")]
    private static partial void LogUnrecorded(ILogger logger, Exception exception);
}
