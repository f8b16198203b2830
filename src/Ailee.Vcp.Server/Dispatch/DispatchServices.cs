using Ailee.Vcp.Server.Tasks;
using Microsoft.Extensions.Options;

namespace Ailee.Vcp.Server.Dispatch;

internal static class DispatchServices
{
    public static IServiceCollection AddDispatch(this IServiceCollection services) => services.AddSingleton(provider =>
    {
        var options = provider.GetRequiredService<IOptions<TaskOptions>>().Value;
        return new Dispatcher(options.QueueCapacity, options.QueueCapacityPerSubmitter, provider.GetRequiredService<TimeProvider>());
    });
}
