using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Ailee.Vcp.Server.Auth;

internal static partial class AuthServices
{
    public static IServiceCollection AddAccess(this IServiceCollection services) => services.AddSingleton<ApiKeys>().AddSingleton<TenantGate>().AddSingleton<Quotas>();

    public static IApplicationBuilder UseAccess(this IApplicationBuilder app) => app.UseMiddleware<AccessMiddleware>();

    /// <summary>Makes the first key if the server listens beyond loopback. Call after the server has started.</summary>
    public static async Task EnsureAccessAsync(this WebApplication app)
    {
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses ?? [];
        if (AccessMiddleware.IsLoopbackOnly(addresses))
        {
            LogKeyless(app.Logger);
        }
        else if (await app.Services.GetRequiredService<ApiKeys>().EnsureAdminKeyAsync() is { } file)
        {
            LogAdminKey(app.Logger, file);
        }
    }

    [LoggerMessage(1101, LogLevel.Information, "Listening on loopback only: no API key is needed")]
    private static partial void LogKeyless(ILogger logger);

    [LoggerMessage(1102, LogLevel.Information, "The first API key is in {File}; every call needs one")]
    private static partial void LogAdminKey(ILogger logger, string file);
}
