using Ailee.Vcp.Core;

namespace Ailee.Vcp.Server.Tasks;

/// <summary>Tells who follows a task that something about it was committed. What it is they read for themselves. Thread-safe.</summary>
internal sealed class TaskChanges(TimeProvider time)
{
    private readonly TimeProvider _time = time;
    private readonly Lock _gate = new();
    private readonly Dictionary<TaskId, List<Follower>> _followers = [];

    /// <summary>Follows a task until it is disposed.</summary>
    public Follower Follow(TaskId task)
    {
        var follower = new Follower(this, task);
        lock (_gate)
        {
            if (!_followers.TryGetValue(task, out var followers))
            {
                _followers[task] = followers = [];
            }

            followers.Add(follower);
        }

        return follower;
    }

    /// <summary>Call after the commit.</summary>
    public void Changed(TaskId task)
    {
        lock (_gate)
        {
            _followers.GetValueOrDefault(task)?.ForEach(follower => follower.Tell());
        }
    }

    private void Leave(Follower follower)
    {
        lock (_gate)
        {
            var followers = _followers[follower.Task];
            followers.Remove(follower);
            if (followers.Count == 0)
            {
                _followers.Remove(follower.Task);
            }
        }
    }

    /// <summary>One who follows a task. Many changes may be one telling.</summary>
    internal sealed class Follower(TaskChanges changes, TaskId task) : IDisposable
    {
        private volatile TaskCompletionSource _told = New();

        public TaskId Task => task;

        public void Tell() => _told.TrySetResult();

        /// <summary>Waits for a change since the last wait; false if none came in time.</summary>
        public async Task<bool> WaitAsync(TimeSpan longest, CancellationToken cancellationToken)
        {
            try
            {
                await _told.Task.WaitAsync(longest, changes._time, cancellationToken);
            }
            catch (TimeoutException)
            {
                return false;
            }

            // Before the caller reads: what is told from here on is read the next time.
            _told = New();
            return true;
        }

        public void Dispose() => changes.Leave(this);

        private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
