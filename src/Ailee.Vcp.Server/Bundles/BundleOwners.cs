using Ailee.Vcp.Client.Bundles;
using Ailee.Vcp.Core;
using Ailee.Vcp.Server.Http;
using Ailee.Vcp.Server.Storage;

namespace Ailee.Vcp.Server.Bundles;

/// <summary>The SQL of whose bundles are. For a tenant a bundle is there since it uploaded it itself.</summary>
internal static class BundleOwners
{
    public static bool Has(IReadTransaction transaction, string tenant, Digest bundle) => transaction.QueryFirst<long?>(
        "SELECT 1 FROM tenant_bundles WHERE tenant = $tenant AND bundle = $bundle",
        row => row.Int64(0),
        ("$tenant", tenant),
        ("$bundle", bundle.ToArray())) is not null;

    /// <summary>A bundle as its tenant sees it; null if it has none such.</summary>
    public static BundleView? Find(IReadTransaction transaction, string tenant, Digest bundle) =>
        CreatedAt(transaction, tenant, bundle) is { } created ? BundleStore.Find(transaction, bundle)! with { CreatedAt = created } : null;

    /// <summary>A tenant's bundles, newest first.</summary>
    public static List<BundleView> List(IReadTransaction transaction, string tenant, ListQuery query) => transaction.Query(
        "SELECT bundle FROM tenant_bundles WHERE tenant = $tenant AND (created_ms, bundle) < ($created, $id) ORDER BY created_ms DESC, bundle DESC LIMIT $limit",
        row => row.Digest(0),
        ("$tenant", tenant),
        ("$created", query.After.CreatedMs),
        ("$id", query.After.Id),
        ("$limit", (long)query.Limit + 1)).ConvertAll(bundle => Find(transaction, tenant, bundle)!);

    /// <summary>Gives a tenant a bundle that is stored; false if it had it.</summary>
    public static bool Add(IWriteTransaction transaction, string tenant, Digest bundle, DateTimeOffset now) => transaction.Execute(
        "INSERT OR IGNORE INTO tenant_bundles (tenant, bundle, created_ms) VALUES ($tenant, $bundle, $now)",
        ("$tenant", tenant),
        ("$bundle", bundle.ToArray()),
        ("$now", now.ToUnixTimeMilliseconds())) == 1;

    /// <summary>Takes a bundle from a tenant. Returns whether nobody has it any more.</summary>
    public static bool Remove(IWriteTransaction transaction, string tenant, Digest bundle)
    {
        transaction.Execute("DELETE FROM tenant_bundles WHERE tenant = $tenant AND bundle = $bundle", ("$tenant", tenant), ("$bundle", bundle.ToArray()));
        return transaction.QueryFirst<long?>("SELECT 1 FROM tenant_bundles WHERE bundle = $bundle LIMIT 1", row => row.Int64(0), ("$bundle", bundle.ToArray())) is null;
    }

    private static DateTimeOffset? CreatedAt(IReadTransaction transaction, string tenant, Digest bundle) => transaction.QueryFirst<DateTimeOffset?>(
        "SELECT created_ms FROM tenant_bundles WHERE tenant = $tenant AND bundle = $bundle",
        row => row.Time(0),
        ("$tenant", tenant),
        ("$bundle", bundle.ToArray()));
}
