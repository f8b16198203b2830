using System.Text;
using Ailee.Vcp.Sandbox.Modules;

namespace Ailee.Vcp.Sandbox.Compilation;

/// <summary>
/// Compiler processes: started when needed, at most <see cref="SandboxOptions.MaxConcurrentCompilations"/>, kept for the next
/// module, and ended when they failed, have grown, or had nothing to do for a while. Thread-safe.
/// </summary>
internal sealed class CompilerPool : IDisposable
{
    /// <summary>How long a process is kept without work.</summary>
    public static readonly TimeSpan IdleTime = TimeSpan.FromMinutes(1);

    // A small module leaves 60 to 80 MiB behind, an interpreter several hundred.
    private const long GrownBytes = 256 * 1024 * 1024;

    private readonly SandboxOptions _options;
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _places;
    private readonly ITimer _idleTimer;
    private readonly List<CompilerWorker> _idle = [];
    private bool _disposed;
    private long _started;
    private long _workTicks;

    public CompilerPool(SandboxOptions options, TimeProvider time)
    {
        _options = options;
        _time = time;
        _places = new SemaphoreSlim(options.MaxConcurrentCompilations);
        _idleTimer = time.CreateTimer(_ => EndIdle(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Processes started so far.</summary>
    public long Started => Interlocked.Read(ref _started);

    /// <summary>Wall time of all work so far, failures included.</summary>
    public TimeSpan WorkTime => TimeSpan.FromTicks(Interlocked.Read(ref _workTicks));

    /// <summary>Process ids of those that wait for work.</summary>
    public IReadOnlyList<int> IdleProcesses
    {
        get
        {
            lock (_idle)
            {
                return [.. _idle.Select(worker => worker.ProcessId)];
            }
        }
    }

    /// <summary>Lets a process do the work. Cancelling ends the process too.</summary>
    /// <exception cref="ModuleException">The bytes are refused, or compiling them takes more time or memory than it may.</exception>
    public async Task<ReadOnlyMemory<byte>> AskAsync(CompilerWork work, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        await _places.WaitAsync(cancellationToken);
        try
        {
            var answer = await AskTwiceAsync(work, bytes, cancellationToken);
            return answer.Refused ? throw Refusal(answer.Bytes) : answer.Bytes;
        }
        finally
        {
            _places.Release();
        }
    }

    public void Dispose()
    {
        _idleTimer.Dispose();
        lock (_idle)
        {
            _disposed = true;
            _idle.ForEach(worker => worker.Dispose());
            _idle.Clear();
        }
    }

    // A process that has served others may have failed because of them. What a fresh one says about a module is about that module.
    private async Task<CompilerAnswer> AskTwiceAsync(CompilerWork work, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        if (TakeIdle() is { } used)
        {
            try
            {
                return await AskAsync(used, work, bytes, cancellationToken);
            }
            catch (CompilerLostException)
            {
                // On to a fresh one.
            }
        }

        var fresh = await CompilerWorker.StartAsync(_options, _time, cancellationToken);
        Interlocked.Increment(ref _started);
        try
        {
            return await AskAsync(fresh, work, bytes, cancellationToken);
        }
        catch (CompilerLostException)
        {
            throw new ModuleException(ModuleException.CompileLimit, $"The module ends its compiler, which may use {_options.CompileMemoryBytes} bytes.");
        }
    }

    private async Task<CompilerAnswer> AskAsync(CompilerWorker worker, CompilerWork work, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        var begun = _time.GetTimestamp();
        try
        {
            var answer = await worker.AskAsync(work, bytes, cancellationToken);
            Keep(worker);
            return answer;
        }
        catch
        {
            worker.Dispose();
            throw;
        }
        finally
        {
            Interlocked.Add(ref _workTicks, _time.GetElapsedTime(begun).Ticks);
        }
    }

    private CompilerWorker? TakeIdle()
    {
        lock (_idle)
        {
            if (_idle.Count == 0)
            {
                return null;
            }

            // The latest: so the others fall idle and go.
            var worker = _idle[^1];
            _idle.RemoveAt(_idle.Count - 1);
            return worker;
        }
    }

    private void Keep(CompilerWorker worker)
    {
        lock (_idle)
        {
            if (_disposed || worker.WorkingSetBytes > GrownBytes)
            {
                worker.Dispose();
                return;
            }

            _idle.Add(worker);
            if (_idle.Count == 1)
            {
                _idleTimer.Change(IdleTime, Timeout.InfiniteTimeSpan);
            }
        }
    }

    private void EndIdle()
    {
        lock (_idle)
        {
            foreach (var worker in _idle.Where(worker => _time.GetElapsedTime(worker.IdleSince) >= IdleTime).ToList())
            {
                _idle.Remove(worker);
                worker.Dispose();
            }

            if (_idle.Count > 0)
            {
                _idleTimer.Change(IdleTime - _idle.Max(worker => _time.GetElapsedTime(worker.IdleSince)), Timeout.InfiniteTimeSpan);
            }
        }
    }

    private static ModuleException Refusal(byte[] answer)
    {
        var parts = Encoding.UTF8.GetString(answer).Split('\n', 2);
        return new ModuleException(parts[0], parts[^1]);
    }
}
