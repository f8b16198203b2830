namespace Ailee.Vcp.Server.Traces;

internal static class TraceServices
{
    public static IServiceCollection AddTraces(this IServiceCollection services) => services
        .AddSingleton<TraceRegeneration>()
        .AddSingleton<TraceService>();
}
