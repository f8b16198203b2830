using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Log;
using Ailee.Vcp.Server.Storage;

namespace Ailee.Vcp.Server.Log;

/// <summary>The SQL of what this server cosigned for other logs.</summary>
internal static class WitnessStore
{
    public static (long Size, Digest Root)? Find(IReadTransaction transaction, string origin) => transaction.QueryFirst<(long, Digest)?>(
        "SELECT size, root FROM witnessed_logs WHERE origin = $origin",
        row => (row.Int64(0), row.Digest(1)),
        ("$origin", origin));

    public static void Set(IWriteTransaction transaction, Checkpoint checkpoint) => transaction.Execute(
        "INSERT INTO witnessed_logs (origin, size, root) VALUES ($origin, $size, $root) ON CONFLICT (origin) DO UPDATE SET size = excluded.size, root = excluded.root",
        ("$origin", checkpoint.Origin),
        ("$size", checkpoint.Size),
        ("$root", checkpoint.Root.ToArray()));
}
