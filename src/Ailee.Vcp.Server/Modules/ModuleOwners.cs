using Ailee.Vcp.Client.Modules;
using Ailee.Vcp.Core;
using Ailee.Vcp.Server.Http;
using Ailee.Vcp.Server.Storage;

namespace Ailee.Vcp.Server.Modules;

/// <summary>The SQL of whose modules are. For a tenant a module is there since it uploaded it itself.</summary>
internal static class ModuleOwners
{
    public static bool Has(IReadTransaction transaction, string tenant, Digest module) => transaction.QueryFirst<long?>(
        "SELECT 1 FROM tenant_modules WHERE tenant = $tenant AND module = $module",
        row => row.Int64(0),
        ("$tenant", tenant),
        ("$module", module.ToArray())) is not null;

    /// <summary>A module as its tenant sees it; null if it has none such.</summary>
    public static ModuleView? Find(IReadTransaction transaction, string tenant, Digest module) =>
        CreatedAt(transaction, tenant, module) is { } created ? ModuleStore.Find(transaction, module)! with { CreatedAt = created } : null;

    /// <summary>A tenant's modules, newest first.</summary>
    public static List<ModuleView> List(IReadTransaction transaction, string tenant, ListQuery query) => transaction.Query(
        "SELECT module FROM tenant_modules WHERE tenant = $tenant AND (created_ms, module) < ($created, $id) ORDER BY created_ms DESC, module DESC LIMIT $limit",
        row => row.Digest(0),
        ("$tenant", tenant),
        ("$created", query.After.CreatedMs),
        ("$id", query.After.Id),
        ("$limit", (long)query.Limit + 1)).ConvertAll(module => Find(transaction, tenant, module)!);

    /// <summary>Gives a tenant a module that is stored; false if it had it.</summary>
    public static bool Add(IWriteTransaction transaction, string tenant, Digest module, DateTimeOffset now) => transaction.Execute(
        "INSERT OR IGNORE INTO tenant_modules (tenant, module, created_ms) VALUES ($tenant, $module, $now)",
        ("$tenant", tenant),
        ("$module", module.ToArray()),
        ("$now", now.ToUnixTimeMilliseconds())) == 1;

    /// <summary>Takes a module from a tenant. Returns whether nobody has it any more.</summary>
    public static bool Remove(IWriteTransaction transaction, string tenant, Digest module)
    {
        transaction.Execute("DELETE FROM tenant_modules WHERE tenant = $tenant AND module = $module", ("$tenant", tenant), ("$module", module.ToArray()));
        return transaction.QueryFirst<long?>("SELECT 1 FROM tenant_modules WHERE module = $module LIMIT 1", row => row.Int64(0), ("$module", module.ToArray())) is null;
    }

    private static DateTimeOffset? CreatedAt(IReadTransaction transaction, string tenant, Digest module) => transaction.QueryFirst<DateTimeOffset?>(
        "SELECT created_ms FROM tenant_modules WHERE tenant = $tenant AND module = $module",
        row => row.Time(0),
        ("$tenant", tenant),
        ("$module", module.ToArray()));
}
