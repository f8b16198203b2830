using System.Globalization;
using System.Text;
using Ailee.Vcp.Client.Keys;
using Ailee.Vcp.Node.Keys;
using Microsoft.Data.Sqlite;

namespace Ailee.Vcp.Cli.Keys;

/// <summary>What a reset did.</summary>
/// <param name="Id">Id of the new key.</param>
/// <param name="File">Where its secret is.</param>
/// <param name="Revoked">How many keys were revoked.</param>
internal sealed record KeyReset(string Id, string File, int Revoked)
{
    // The first whose keys have scopes.
    private const long FirstVersion = 17;

    /// <summary>
    /// Makes an administrator's key. The database's own locks keep it apart from a server that runs or starts meanwhile; the data
    /// directory's lock is not taken, as it would turn that server away.
    /// </summary>
    /// <param name="directory">The data directory.</param>
    /// <param name="keepOthers">Whether the administrators' keys that there are go on.</param>
    /// <param name="now">When it is made.</param>
    /// <exception cref="CliException">There is no database that has such keys.</exception>
    public static KeyReset Run(string directory, bool keepOthers, DateTimeOffset now)
    {
        var database = Path.Combine(directory, "vcp.db");
        if (!System.IO.File.Exists(database))
        {
            throw new CliException($"{directory} is no data directory: it has no vcp.db.");
        }

        var made = ApiKeySecret.Create();
        var file = Path.Combine(directory, "admin.key");
        var pending = file + ".reset";
        // The secret first, beside its place: a crash leaves the old file with the old key, or a key whose secret is on disk.
        SecretFile.Write(pending, Encoding.ASCII.GetBytes(made.Secret + "\n"));
        try
        {
            var revoked = Store(database, made, keepOthers, now.ToUnixTimeMilliseconds());
            System.IO.File.Move(pending, file, overwrite: true);
            return new KeyReset(made.Id, file, revoked);
        }
        catch (Exception exception) when (exception is SqliteException or CliException)
        {
            System.IO.File.Delete(pending);
            throw;
        }
    }

    private static int Store(string database, ApiKeySecret made, bool keepOthers, long nowMs)
    {
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = database, Mode = SqliteOpenMode.ReadWrite, Pooling = false, DefaultTimeout = 30 }.ToString());
        connection.Open();
        Execute(connection, "PRAGMA synchronous = FULL");
        using var transaction = connection.BeginTransaction(deferred: false);
        using (var version = connection.CreateCommand())
        {
            version.CommandText = "PRAGMA user_version";
            if ((long)version.ExecuteScalar()! < FirstVersion)
            {
                throw new CliException("The database is of an older version; start the server once, which brings it up to date.");
            }
        }

        var revoked = keepOthers ? 0 : Execute(connection, "UPDATE api_keys SET revoked_ms = $now WHERE revoked_ms IS NULL AND ' ' || scopes || ' ' LIKE '% admin %'", ("$now", nowMs));
        Execute(
            connection,
            "INSERT INTO api_keys (id, hash, name, tenant, scopes, created_ms) VALUES ($id, $hash, 'admin', 'admin', 'admin', $now)",
            ("$id", made.Id),
            ("$hash", ApiKeySecret.HashOf(made.Secret)),
            ("$now", nowMs));
        Execute(
            connection,
            "INSERT INTO audit_events (at_ms, kind, actor, subject, detail) VALUES ($now, 'key.reset', 'local', $id, $detail)",
            ("$now", nowMs),
            ("$id", made.Id),
            ("$detail", string.Create(CultureInfo.InvariantCulture, $"{revoked} other administrators' keys revoked")));
        transaction.Commit();
        return revoked;
    }

    private static int Execute(SqliteConnection connection, string sql, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in parameters)
        {
            command.Parameters.AddWithValue(name, value);
        }

        return command.ExecuteNonQuery();
    }
}
