using System.Threading.Channels;
using Ailee.Vcp.Core;

namespace Ailee.Vcp.Server.Auctions;

/// <summary>Which auctions are to be looked at: those of which something became known, and those whose time has come. A look too many does no harm. Thread-safe.</summary>
internal sealed class AuctionAlarm : IDisposable
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    private readonly Lock _lock = new();
    private readonly Channel<TaskId> _looks = Channel.CreateUnbounded<TaskId>(new UnboundedChannelOptions { SingleReader = true });
    private readonly PriorityQueue<TaskId, DateTimeOffset> _due = new();
    private readonly TimeProvider _time;
    private readonly ITimer _timer;

    public AuctionAlarm(TimeProvider time)
    {
        _time = time;
        _timer = time.CreateTimer(_ => Ring(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>What is to be looked at.</summary>
    public ChannelReader<TaskId> Looks => _looks.Reader;

    /// <summary>Has a task's auction looked at.</summary>
    public void Look(TaskId task) => _looks.Writer.TryWrite(task);

    /// <summary>Has it looked at when its time has come.</summary>
    public void LookAt(TaskId task, DateTimeOffset due)
    {
        lock (_lock)
        {
            _due.Enqueue(task, due);
            SetTimer();
        }
    }

    public void Dispose() => _timer.Dispose();

    private void Ring()
    {
        lock (_lock)
        {
            while (_due.TryPeek(out var task, out var due) && due <= _time.GetUtcNow())
            {
                _due.Dequeue();
                Look(task);
            }

            SetTimer();
        }
    }

    private void SetTimer()
    {
        if (_due.TryPeek(out _, out var due))
        {
            // A timer has milliseconds: one that fires early would find nothing due.
            var wait = Math.Clamp((due - _time.GetUtcNow()).TotalMilliseconds, 0, Longest.TotalMilliseconds);
            _timer.Change(TimeSpan.FromMilliseconds(Math.Ceiling(wait)), Timeout.InfiniteTimeSpan);
            if (wait > 0 && due <= _time.GetUtcNow())
            {
                // The clock moved between the two lines, so the wait was too long.
                _timer.Change(TimeSpan.Zero, Timeout.InfiniteTimeSpan);
            }
        }
    }
}
