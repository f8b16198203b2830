using Ailee.Vcp.Core;
using Ailee.Vcp.Server.Bundles;
using Ailee.Vcp.Server.Http;
using Ailee.Vcp.Server.Modules;
using Ailee.Vcp.Server.Proofs;
using Ailee.Vcp.Server.Storage;
using Ailee.Vcp.Server.Tasks;

namespace Ailee.Vcp.Server.Auth;

/// <summary>
/// Keeps tenants apart, in one place and by the path: whatever is below a task, module, bundle or proof that is another tenant's is not
/// there, in the same words as if it never had been. What lists and searches narrows itself by <see cref="Caller.OnlyTenant"/>.
/// </summary>
internal sealed class TenantGate(IDatabase database)
{
    /// <summary>Why the caller may not see what the path names, or not change it; null if it may or there is none.</summary>
    public Problem? Check(HttpContext context)
    {
        var caller = context.Caller();
        var changes = !HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method);
        if (caller.Tenant.Length == 0 || (changes ? caller.IsAdmin : caller.SeesAll) || context.GetEndpoint() is not RouteEndpoint { RoutePattern.RawText: { } pattern })
        {
            return null;
        }

        return Check(context, pattern, caller.Tenant) is not { } problem ? null
            // It sees that it is there.
            : caller.SeesAll ? Problems.ScopeMissing.Because($"What is not of the tenant {caller.Tenant} takes the scope admin to change.")
            : problem;
    }

    private Problem? Check(HttpContext context, string pattern, string tenant) => pattern switch
    {
        _ when Below(pattern, "/api/v1/tasks/{id}") => CheckTask(tenant, (string)context.GetRouteValue("id")!),
        _ when Below(pattern, "/api/v1/modules/{digest}") => CheckModule(tenant, (string)context.GetRouteValue("digest")!),
        _ when Below(pattern, "/api/v1/bundles/{digest}") => CheckBundle(tenant, (string)context.GetRouteValue("digest")!),
        _ when Below(pattern, "/api/v1/proofs/{id}") => CheckProof(tenant, (string)context.GetRouteValue("id")!),
        _ => null,
    };

    private static bool Below(string pattern, string resource) =>
        pattern.StartsWith(resource, StringComparison.Ordinal) && (pattern.Length == resource.Length || pattern[resource.Length] == '/');

    // What does not parse is refused by the call itself, in its own words.
    private Problem? CheckTask(string tenant, string id) => TaskId.TryParse(id, out var task) && database.Read(transaction => TaskStore.FindTenant(transaction, task)) != tenant
        ? Problems.TaskNotFound.Because($"There is no task {id}.")
        : null;

    private Problem? CheckModule(string tenant, string name) => Digest.TryParse(name, out var module) && !database.Read(transaction => ModuleOwners.Has(transaction, tenant, module))
        ? Problems.ModuleNotFound.Because($"There is no module {name}.")
        : null;

    private Problem? CheckBundle(string tenant, string name) => Digest.TryParse(name, out var bundle) && !database.Read(transaction => BundleOwners.Has(transaction, tenant, bundle))
        ? Problems.BundleNotFound.Because($"There is no bundle {name}.")
        : null;

    private Problem? CheckProof(string tenant, string id) => Digest.TryParse(id, out var proof) && !database.Read(transaction => ProofStore.IsReadableBy(transaction, proof, tenant))
        ? Problems.ProofNotFound.Because(ProofEndpoints.NoProof)
        : null;
}
