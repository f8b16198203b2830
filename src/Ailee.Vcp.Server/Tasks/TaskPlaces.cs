using Ailee.Vcp.Core;
using Ailee.Vcp.Server.Dispatch;

namespace Ailee.Vcp.Server.Tasks;

/// <summary>
/// Places for undecided tasks: so many in all, and so many of one tenant, so that none can fill them alone. With its place a task reserves
/// what it may use at most. Memory only, a cache of rows; thread-safe.
/// </summary>
internal sealed class TaskPlaces(int capacity, int capacityPerTenant)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<TaskId, TaskPlace> _places = [];
    private readonly Dictionary<string, TenantPlaces> _tenants = [];

    /// <summary>Undecided tasks.</summary>
    public int Open
    {
        get
        {
            lock (_lock)
            {
                return _places.Count;
            }
        }
    }

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
    /// <param name="refuse">Says why there is none.</param>
    /// <param name="check">What else must hold of the tenant's places without this one; nobody takes a place meanwhile.</param>
    public TRefusal? TryTake<TRefusal>(TaskId task, TaskPlace place, long? most, Func<PlaceRefusal, TRefusal> refuse, Func<TenantPlaces, TRefusal?> check)
        where TRefusal : class
    {
        lock (_lock)
        {
            if (_places.Count >= capacity)
            {
                return refuse(PlaceRefusal.Full);
            }

            var held = _tenants.GetValueOrDefault(place.Tenant);
            // Without keys there is one tenant, who may fill it.
            if (held.Tasks >= most || (place.Tenant != Submitters.Local && held.Tasks >= capacityPerTenant))
            {
                return refuse(PlaceRefusal.TenantFull);
            }

            if (check(held) is { } refusal)
            {
                return refusal;
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
            Add(task, place);
        }
    }

    /// <summary>Ends what a task has and reserves; nothing if it had no place.</summary>
    public void GiveBack(TaskId task)
    {
        lock (_lock)
        {
            if (!_places.Remove(task, out var place))
            {
                return;
            }

            var left = _tenants[place.Tenant].Plus(place, -1);
            if (left.Tasks == 0)
            {
                _tenants.Remove(place.Tenant);
            }
            else
            {
                _tenants[place.Tenant] = left;
            }
        }
    }

    private void Add(TaskId task, TaskPlace place)
    {
        if (_places.TryAdd(task, place))
        {
            _tenants[place.Tenant] = _tenants.GetValueOrDefault(place.Tenant).Plus(place, 1);
        }
    }
}

/// <summary>Why there is no place for a task.</summary>
internal enum PlaceRefusal
{
    /// <summary>The server has as many as it holds.</summary>
    Full,

    /// <summary>The tenant has its share.</summary>
    TenantFull,
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
