using Ailee.Vcp.Sandbox;
using Ailee.Vcp.Server.Storage;
using Ailee.Vcp.Server.Tasks;
using Microsoft.Extensions.Options;

namespace Ailee.Vcp.Server;

/// <summary>Binds the configuration's sections and checks them all at start, naming every key that is wrong.</summary>
internal static class ServerOptions
{
    public static IServiceCollection AddServerOptions(this IServiceCollection services, IConfiguration configuration, out StorageOptions storage)
    {
        // Storage is opened while the container is built, so it is read and checked here.
        storage = configuration.GetSection(StorageOptions.Section).Get<StorageOptions>() ?? new StorageOptions();
        if (storage.Problems().ToList() is { Count: > 0 } problems)
        {
            throw new OptionsValidationException(StorageOptions.Section, typeof(StorageOptions), problems);
        }

        services.AddChecked<SandboxOptions>(configuration, SandboxOptions.Section, options => options.Problems());
        services.AddChecked<TaskOptions>(configuration, TaskOptions.Section, options => options.Problems());
        return services;
    }

    private static void AddChecked<T>(this IServiceCollection services, IConfiguration configuration, string section, Func<T, IEnumerable<string>> problems)
        where T : class
    {
        services.AddOptions<T>().Bind(configuration.GetSection(section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<T>>(new Validation<T>(problems));
    }

    private sealed class Validation<T>(Func<T, IEnumerable<string>> problems) : IValidateOptions<T>
        where T : class
    {
        public ValidateOptionsResult Validate(string? name, T options) =>
            problems(options).ToList() is { Count: > 0 } found ? ValidateOptionsResult.Fail(found) : ValidateOptionsResult.Success;
    }
}
