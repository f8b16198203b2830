using Ailee.Vcp.Core;

namespace Ailee.Vcp.Server.Traces;

/// <summary>
/// The last runs for leaves, least recently used out first: of one caller one at most is under way, and it ends when nobody waits for
/// it. Each holds up to 16 MiB of leaves. Thread-safe.
/// </summary>
internal sealed class TraceRuns
{
    /// <summary>Runs that are held: those that are done, and those that are under way.</summary>
    public const int Most = 4;

    private readonly object _gate = new();

    // The most recently used first.
    private readonly List<TraceRun> _runs = [];

    /// <summary>Whether a run that nobody waits for is still under way.</summary>
    public bool IsEnding
    {
        get
        {
            lock (_gate)
            {
                return _runs.Exists(run => run.Abandoned && !run.Work.IsCompleted);
            }
        }
    }

    /// <summary>
    /// The run that has or will have the leaf, begun now if there is none; null if one of the caller for other leaves is under way, or as
    /// many of others as are held. Who gets one must leave it.
    /// </summary>
    public TraceRun? Join(string caller, TaskId task, int leaf, Func<TraceRun> begin)
    {
        lock (_gate)
        {
            _runs.RemoveAll(run => run.Failed);
            var run = _runs.Find(run => run.Covers(task, leaf));
            if (run is not null)
            {
                _runs.Remove(run);
            }
            else if (_runs.Exists(other => other.Caller == caller && !other.Work.IsCompleted) || _runs.Count(other => !other.Work.IsCompleted) >= Most)
            {
                return null;
            }
            else
            {
                while (_runs.Count >= Most && _runs.FindLastIndex(other => other.Work.IsCompleted) is var last and >= 0)
                {
                    _runs.RemoveAt(last);
                }

                run = begin();
            }

            run.Waiters++;
            _runs.Insert(0, run);
            return run;
        }
    }

    /// <summary>Waits for it no longer; the last who leaves ends it.</summary>
    public void Leave(TraceRun run)
    {
        lock (_gate)
        {
            if (--run.Waiters > 0 || run.Work.IsCompleted)
            {
                return;
            }

            // Whoever comes from now on starts anew.
            run.Abandoned = true;
        }

        run.Cancel();
    }
}
