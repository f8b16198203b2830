using System.Threading.Channels;

namespace Ailee.Vcp.Sandbox.Execution;

/// <summary>
/// The threads that guests run on. Their stack holds the guest's (1 MiB) with room for the host below it: on a thread of 1 MiB
/// or less an overflowing guest would end the process.
/// </summary>
public sealed class GuestThreads : IDisposable
{
    private const int StackBytes = 16 * 1024 * 1024;

    private readonly Channel<Action> _work = Channel.CreateUnbounded<Action>();
    private readonly Thread[] _threads;

    [ThreadStatic]
    private static bool _isGuestThread;

    /// <summary>Starts the threads.</summary>
    /// <param name="count">How many guests run at once; more wait.</param>
    public GuestThreads(int count)
    {
        _threads = new Thread[count];
        for (var i = 0; i < count; i++)
        {
            _threads[i] = new Thread(Run, StackBytes) { IsBackground = true, Name = $"vcp-guest-{i}" };
            _threads[i].Start();
        }
    }

    /// <summary>True on a thread of any instance.</summary>
    public static bool IsCurrent => _isGuestThread;

    /// <summary>Runs blocking work on one of the threads.</summary>
    public Task<T> RunAsync<T>(Func<T> work)
    {
        var completion = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        if (!_work.Writer.TryWrite(() =>
        {
            try
            {
                completion.SetResult(work());
            }
            catch (Exception exception)
            {
                completion.SetException(exception);
            }
        }))
        {
            completion.SetException(new ObjectDisposedException(nameof(GuestThreads)));
        }

        return completion.Task;
    }

    /// <summary>Waits for running work to end; nothing new is taken.</summary>
    public void Dispose()
    {
        _work.Writer.TryComplete();
        foreach (var thread in _threads)
        {
            thread.Join();
        }
    }

    private void Run()
    {
        _isGuestThread = true;
        while (_work.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            while (_work.Reader.TryRead(out var work))
            {
                work();
            }
        }
    }
}
