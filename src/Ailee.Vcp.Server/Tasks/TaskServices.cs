using Ailee.Vcp.Sandbox;
using Microsoft.Extensions.Options;

namespace Ailee.Vcp.Server.Tasks;

internal static class TaskServices
{
    public static IServiceCollection AddTasks(this IServiceCollection services) => services
        .AddSingleton(provider => new TaskValidator(
            provider.GetRequiredService<IOptions<SandboxOptions>>().Value,
            provider.GetRequiredService<IOptions<TaskOptions>>().Value.MaxAttempts))
        .AddSingleton(provider => new TaskQueue(provider.GetRequiredService<IOptions<TaskOptions>>().Value.QueueCapacity))
        .AddSingleton<TaskWaiters>()
        .AddSingleton<ContentDigests>()
        .AddSingleton<TaskService>()
        .AddSingleton<OutputProofs>();
}
