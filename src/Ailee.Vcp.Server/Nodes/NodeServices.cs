using Ailee.Vcp.Core.Cose;
using Ailee.Vcp.Node.Keys;
using Ailee.Vcp.Sandbox;
using Ailee.Vcp.Sandbox.Execution;
using Ailee.Vcp.Server.Storage;
using Ailee.Vcp.Server.Tasks;
using Microsoft.Extensions.Options;

namespace Ailee.Vcp.Server.Nodes;

internal static class NodeServices
{
    private const int CacheKeyBytes = 32;

    public static IServiceCollection AddNodes(this IServiceCollection services) => services
        .AddSingleton(provider => Guarded(() => NodeKey.LoadOrCreate(provider.GetRequiredService<DataDirectory>().NodeKey)))
        .AddSingleton(provider =>
        {
            var directory = provider.GetRequiredService<DataDirectory>();
            var key = Guarded(() => SecretFile.LoadOrCreate(directory.CacheKey, CacheKeyBytes, () => System.Security.Cryptography.RandomNumberGenerator.GetBytes(CacheKeyBytes)));
            return new WasmSandbox(provider.GetRequiredService<IOptions<SandboxOptions>>().Value, directory.CompiledModules, key);
        })
        .AddSingleton(provider => Guarded(() => new StatementCounter(
            provider.GetRequiredService<DataDirectory>().NodeCounter,
            // The file may be lost or older than the database; a counter that was seen here would only be refused.
            provider.GetRequiredService<IDatabase>().Read(transaction => StatementIntake.HighestCounter(transaction, provider.GetRequiredService<SigningKey>().PublicKey.Id)) + 1)))
        // After the sandbox, so that it is disposed before it. Whatever runs guests shares these threads: their memory is proven at start.
        .AddSingleton(provider =>
        {
            _ = provider.GetRequiredService<WasmSandbox>();
            return new GuestThreads(provider.GetRequiredService<IOptions<SandboxOptions>>().Value.EffectiveSlots);
        })
        .AddSingleton<LeaseRevocations>()
        .AddSingleton<NodeRegistry>()
        .AddSingleton<NodeEnrolment>()
        .AddSingleton<NodeMetrics>()
        .AddSingleton<NodeChallenges>()
        .AddSingleton<JoinTokens>()
        .AddSingleton<NodeJoining>()
        .AddSingleton<NodeSessions>()
        .AddSingleton<NodeSessionService>()
        .AddSingleton<NodeStanding>()
        .AddSingleton<NodeAnswers>()
        .AddSingleton<TaskDecisions>()
        .AddHostedService<BuiltInNode>();

    private static T Guarded<T>(Func<T> load)
    {
        try
        {
            return load();
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            throw new StartupException(exception.Message);
        }
    }
}
