using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Ailee.Vcp.Node.Keys;
using Ailee.Vcp.Server.Storage;

namespace Ailee.Vcp.Server.Auth;

/// <summary>API keys: 32 random bytes, stored as their SHA-256. Thread-safe.</summary>
internal sealed class ApiKeys
{
    private const string Prefix = "vcp_";

    private readonly IDatabase _database;
    private readonly DataDirectory _directory;
    private readonly TimeProvider _time;
    private List<(byte[] Hash, string Name)> _keys;

    public ApiKeys(IDatabase database, DataDirectory directory, TimeProvider time)
    {
        (_database, _directory, _time) = (database, directory, time);
        _keys = database.Read(transaction => transaction.Query("SELECT hash, name FROM api_keys", row => (row.Bytes(0), row.Text(1))));
    }

    /// <summary>Makes the first key and writes it into its file, unless there is a key. Returns the file if it was made now.</summary>
    public async Task<string?> EnsureAdminKeyAsync()
    {
        if (_keys.Count > 0)
        {
            return null;
        }

        var key = Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        // The file first: a crash in between leaves a key that opens nothing, not a key that nobody knows.
        SecretFile.Write(_directory.AdminKey, Encoding.ASCII.GetBytes(key + "\n"));
        var hash = HashOf(key);
        await _database.WriteAsync(transaction => transaction.Execute(
            "INSERT INTO api_keys (hash, name, created_ms) VALUES ($hash, 'admin', $created)",
            ("$hash", hash),
            ("$created", _time.GetUtcNow().ToUnixTimeMilliseconds())));
        _keys = [(hash, "admin")];
        return _directory.AdminKey;
    }

    /// <summary>Who holds the key; null if it is none of ours. Takes the same time for every key.</summary>
    public string? Identify(string key)
    {
        var hash = HashOf(key);
        string? name = null;
        foreach (var known in _keys)
        {
            if (CryptographicOperations.FixedTimeEquals(hash, known.Hash))
            {
                name = known.Name;
            }
        }

        return name;
    }

    private static byte[] HashOf(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));
}
