using Ailee.Vcp.Core;
using Ailee.Vcp.Server.Dispatch;
using Ailee.Vcp.Server.Http;
using Ailee.Vcp.Server.Overload;

namespace Ailee.Vcp.Server.Tasks;

/// <summary>
/// Places for undecided tasks, shared evenly by tenants. With its place a task reserves what it may use at most, and what else a tenant stores
/// reserves its bytes here until it is stored. Memory only, a cache of
/// rows; thread-safe.
/// </summary>
/// <param name="capacity">Undecided tasks.</param>
/// <param name="capacityPerTenant">Undecided tasks of one tenant.</param>
/// <param name="time">For how many are decided in a second.</param>
internal sealed class TaskPlaces(int capacity, int capacityPerTenant, TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly FairPlaces _shares = new(capacity, capacityPerTenant);
    private readonly RateMeter _decided = new(time);
    private readonly Dictionary<TaskId, TaskPlace> _places = [];
    private readonly Dictionary<string, TenantPlaces> _tenants = [];

    /// <summary>Undecided tasks.</summary>
    public int Open => _shares.Taken;

    /// <summary>Whether no task has a place, of whomever it is.</summary>
    public bool IsFull => _shares.Taken >= _shares.Capacity;

    /// <summary>Tasks decided in a second, lately.</summary>
    public double DecidedPerSecond => _decided.PerSecond();

    /// <summary>What the undecided tasks of a tenant have and reserve.</summary>
    public TenantPlaces Of(string tenant)
    {
        lock (_lock)
        {
            return _tenants.GetValueOrDefault(tenant);
        }
    }

    /// <summary>Takes a place for a task; why there is none otherwise.</summary>
    /// <param name="task">The task.</param>
    /// <param name="place">Whose it is, and what it reserves.</param>
    /// <param name="most">Undecided tasks of the tenant; null for the server's.</param>
    /// <param name="check">What else must hold of the tenant's places without this one; nobody takes a place meanwhile.</param>
    public Problem? TryTake(TaskId task, TaskPlace place, long? most, Func<TenantPlaces, Problem?> check)
    {
        lock (_lock)
        {
            var held = _tenants.GetValueOrDefault(place.Tenant);
            if (held.Tasks >= most)
            {
                return Problems.QuotaTasks.Because("Try again when some of them are decided.") with { RetryAfterSeconds = RetryAfterSeconds(place.Tenant, PlaceAnswer.ShareFull) };
            }

            if (check(held) is { } refusal)
            {
                return refusal;
            }

            var answer = _shares.TryTake(Sharing(place.Tenant));
            if (answer != PlaceAnswer.Taken)
            {
                return QueueProblems.Of(answer, this, place.Tenant);
            }

            Add(task, place);
            return null;
        }
    }

    /// <summary>Takes a place for a task that was stored before; those are never refused.</summary>
    public void Take(TaskId task, TaskPlace place)
    {
        lock (_lock)
        {
            if (!_places.ContainsKey(task))
            {
                _shares.Take(Sharing(place.Tenant));
                Add(task, place);
            }
        }
    }

    /// <summary>Reserves bytes of what a tenant is about to store; why it cannot otherwise.</summary>
    /// <param name="tenant">Whose it becomes.</param>
    /// <param name="bytes">How many.</param>
    /// <param name="check">What must hold of the tenant's places without these bytes; nobody takes or reserves meanwhile.</param>
    public Problem? TryReserve(string tenant, long bytes, Func<TenantPlaces, Problem?> check)
    {
        lock (_lock)
        {
            var held = _tenants.GetValueOrDefault(tenant);
            if (check(held) is { } refusal)
            {
                return refusal;
            }

            _tenants[tenant] = held with { Bytes = held.Bytes + bytes };
            return null;
        }
    }

    /// <summary>Ends what <see cref="TryReserve"/> reserved.</summary>
    public void EndReserve(string tenant, long bytes)
    {
        lock (_lock)
        {
            var held = _tenants[tenant];
            Keep(tenant, held with { Bytes = held.Bytes - bytes });
        }
    }

    /// <summary>Ends what a task has and reserves that was not stored; nothing if it had no place.</summary>
    public void GiveBack(TaskId task)
    {
        lock (_lock)
        {
            Remove(task);
        }
    }

    /// <summary>Ends what a task has and reserves that is decided.</summary>
    public void End(TaskId task)
    {
        lock (_lock)
        {
            Remove(task);
        }

        _decided.Count();
    }

    /// <summary>When somebody may try again who got no place. Unit: seconds.</summary>
    public int RetryAfterSeconds(string tenant, PlaceAnswer answer)
    {
        if (answer != PlaceAnswer.ShareFull)
        {
            return RetryTime.Seconds(_shares.Taken, _decided.PerSecond());
        }

        // Tenants take turns, so its own tasks get a share of the rate.
        var (own, callers) = _shares.CountOf(tenant);
        return RetryTime.Seconds(own, _decided.PerSecond() / Math.Max(1, callers));
    }

    // Without keys there is one tenant, who may fill all places.
    private static string? Sharing(string tenant) => tenant == Submitters.Local ? null : tenant;

    private void Add(TaskId task, TaskPlace place)
    {
        _places.Add(task, place);
        _tenants[place.Tenant] = _tenants.GetValueOrDefault(place.Tenant).Plus(place, 1);
    }

    private void Remove(TaskId task)
    {
        if (!_places.Remove(task, out var place))
        {
            return;
        }

        _shares.GiveBack(Sharing(place.Tenant));
        Keep(place.Tenant, _tenants[place.Tenant].Plus(place, -1));
    }

    private void Keep(string tenant, TenantPlaces held)
    {
        if (held == default)
        {
            _tenants.Remove(tenant);
        }
        else
        {
            _tenants[tenant] = held;
        }
    }
}

/// <summary>An undecided task's place.</summary>
/// <param name="Tenant">Whose task it is.</param>
/// <param name="Gas">Most that it may use.</param>
/// <param name="Bytes">What is stored of it.</param>
internal readonly record struct TaskPlace(string Tenant, long Gas, long Bytes);

/// <summary>What the undecided tasks of a tenant have and reserve.</summary>
internal readonly record struct TenantPlaces(int Tasks, long Gas, long Bytes)
{
    public TenantPlaces Plus(TaskPlace place, int sign) => new(Tasks + sign, Gas + (sign * place.Gas), Bytes + (sign * place.Bytes));
}
