namespace Ailee.Vcp.Server.Dispatch;

internal static class DispatchServices
{
    public static IServiceCollection AddDispatch(this IServiceCollection services) => services.AddSingleton<Dispatcher>();
}
