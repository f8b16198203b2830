using Ailee.Vcp.Sandbox;
using Ailee.Vcp.Server.Votes;
using Microsoft.Extensions.Options;

namespace Ailee.Vcp.Server.Tasks;

internal static class TaskServices
{
    public static IServiceCollection AddTasks(this IServiceCollection services) => services
        .AddSingleton(provider => new TaskValidator(
            provider.GetRequiredService<IOptions<SandboxOptions>>().Value,
            provider.GetRequiredService<IOptions<TaskOptions>>().Value.MaxAttempts))
        .AddSingleton(provider => new TaskPlaces(
            provider.GetRequiredService<IOptions<TaskOptions>>().Value.QueueCapacity,
            provider.GetRequiredService<IOptions<TaskOptions>>().Value.QueueCapacityPerSubmitter,
            provider.GetRequiredService<TimeProvider>()))
        .AddSingleton<EligibleOwners>()
        .AddSingleton<TaskDemands>()
        .AddSingleton<TaskEffects>()
        .AddSingleton<TaskRetries>()
        .AddSingleton<TaskAudits>()
        .AddSingleton<TaskScores>()
        .AddSingleton<TaskVotes>()
        .AddSingleton<TaskDecisions>()
        .AddSingleton<TaskWaiters>()
        .AddSingleton<TaskChanges>()
        .AddSingleton<TaskEvents>()
        .AddSingleton<ContentDigests>()
        .AddSingleton<TaskSubmissions>()
        .AddSingleton<TaskService>()
        .AddSingleton<OutputProofs>();
}
