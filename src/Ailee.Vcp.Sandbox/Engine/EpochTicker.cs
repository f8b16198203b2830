namespace Ailee.Vcp.Sandbox.Engine;

/// <summary>
/// Advances the engine's epoch every 10 ms while any guest runs, and sleeps otherwise. The epoch only makes running guests look
/// at their deadline and at cancellation; it never decides a signed outcome.
/// </summary>
internal sealed class EpochTicker : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(10);

    private readonly global::Wasmtime.Engine _engine;
    private readonly Thread _thread;
    private readonly object _gate = new();
    private int _running;
    private bool _asleep;
    private bool _disposed;

    public EpochTicker(global::Wasmtime.Engine engine)
    {
        _engine = engine;
        _thread = new Thread(Run) { IsBackground = true, Name = "vcp-epoch" };
        _thread.Start();
    }

    public void GuestStarted()
    {
        lock (_gate)
        {
            _running++;
            if (_asleep)
            {
                _asleep = false;
                Monitor.Pulse(_gate);
            }
        }
    }

    public void GuestStopped()
    {
        lock (_gate)
        {
            _running--;
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            Monitor.Pulse(_gate);
        }

        _thread.Join();
    }

    private void Run()
    {
        lock (_gate)
        {
            while (!_disposed)
            {
                if (_running == 0)
                {
                    _asleep = true;
                    Monitor.Wait(_gate);
                }

                // Short guests one after another find the ticker awake: waking a thread costs more than many of them.
                Monitor.Wait(_gate, Interval);
                _engine.IncrementEpoch();
            }
        }
    }
}
