using System.Text;
using Ailee.Vcp.Core;
using Ailee.Vcp.Server.Http;
using Ailee.Vcp.Server.Storage;
using Ailee.Vcp.Server.Tasks;

namespace Ailee.Vcp.Server.Auth;

/// <summary>Holds tenants to what their keys allow. What undecided tasks may still use counts as used.</summary>
internal sealed class Quotas(IDatabase database, TaskPlaces places, TimeProvider time)
{
    // Nothing tells when a tenant deletes something.
    private const int RetryStorageSeconds = 3600;

    /// <summary>Takes a place for a task; why there is none otherwise.</summary>
    /// <param name="caller">Who submits it.</param>
    /// <param name="task">Its id.</param>
    /// <param name="draft">The task.</param>
    public Problem? TryTakePlace(Caller caller, TaskId task, TaskDraft draft)
    {
        var input = (long)draft.Invocation.Encode().Length + draft.Stdin.Length;
        var stored = input + Encoding.UTF8.GetByteCount(draft.StoredSelection) + Encoding.UTF8.GetByteCount(draft.StoredLabels ?? string.Empty);
        var place = new TaskPlace(caller.Tenant, TenantUsage.MostGas(draft.Invocation.Limits, input, draft.MostRuns), stored);
        return places.TryTake(task, place, caller.Limits.TasksInFlight, held => CheckGas(caller, held, place.Gas) ?? CheckStorage(caller, held, place.Bytes));
    }

    /// <summary>Why a tenant may store nothing of a size; null if it may, unless something else comes before.</summary>
    public Problem? CheckStorage(Caller caller, long more) => CheckStorage(caller, places.Of(caller.Tenant), more);

    /// <summary>Reserves what is about to be stored for a tenant, so that nothing else takes it meanwhile; why it cannot be otherwise.</summary>
    /// <param name="caller">Who stores it.</param>
    /// <param name="bytes">Its size.</param>
    /// <param name="reservation">To be disposed when it is stored, or will not be.</param>
    public Problem? TryReserve(Caller caller, long bytes, out IDisposable? reservation)
    {
        var problem = places.TryReserve(caller.Tenant, bytes, held => CheckStorage(caller, held, bytes));
        reservation = problem is null ? new Reservation(places, caller.Tenant, bytes) : null;
        return problem;
    }

    private Problem? CheckGas(Caller caller, TenantPlaces held, long more)
    {
        if (caller.Limits.GasPerDay is not { } most)
        {
            return null;
        }

        var now = time.GetUtcNow();
        var used = database.Read(transaction => TenantUsage.Gas(transaction, caller.Tenant, now));
        return used + held.Gas + more <= most ? null
            : Problems.QuotaGas.Because($"{used} gas of {most} is used today, {held.Gas} is reserved by undecided tasks, and this task may use {more}. Lower its limits, or wait for the next day of UTC.") with { RetryAfterSeconds = held.Gas > 0 ? 1 : SecondsToMidnight(now) };
    }

    private Problem? CheckStorage(Caller caller, TenantPlaces held, long more)
    {
        if (caller.Limits.StoredBytes is not { } most)
        {
            return null;
        }

        var stored = held.Bytes + database.Read(transaction => TenantUsage.Stored(transaction, caller.Tenant));
        return stored + more <= most ? null
            : Problems.QuotaStorage.Because($"{stored} bytes of {most} are stored, and this has {more}. Delete modules or bundles.") with { RetryAfterSeconds = RetryStorageSeconds };
    }

    private sealed class Reservation(TaskPlaces places, string tenant, long bytes) : IDisposable
    {
        public void Dispose() => places.EndReserve(tenant, bytes);
    }

    private static int SecondsToMidnight(DateTimeOffset now) => (int)Math.Ceiling((now.UtcDateTime.Date.AddDays(1) - now.UtcDateTime).TotalSeconds);
}
