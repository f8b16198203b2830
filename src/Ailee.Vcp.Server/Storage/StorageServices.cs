using Microsoft.Data.Sqlite;

namespace Ailee.Vcp.Server.Storage;

internal static class StorageServices
{
    /// <summary>Locks the data directory and opens the database at once: a server that cannot store does not start.</summary>
    public static IServiceCollection AddStorage(this IServiceCollection services, StorageOptions options)
    {
        var directory = new DataDirectory(options);
        SqliteDatabase database;
        try
        {
            database = new SqliteDatabase(directory.Database);
        }
        catch (SqliteException exception)
        {
            directory.Dispose();
            throw new StartupException($"The database {directory.Database} cannot be opened or written: {exception.Message}");
        }
        catch
        {
            directory.Dispose();
            throw;
        }

        // Factories, so that the container disposes them, the database before the directory's lock.
        services.AddSingleton(_ => directory);
        services.AddSingleton(_ => database);
        services.AddHostedService(_ => new StorageWatch(database.Lost));
        services.AddSingleton<IDatabase>(provider => provider.GetRequiredService<SqliteDatabase>());
        return services;
    }
}
