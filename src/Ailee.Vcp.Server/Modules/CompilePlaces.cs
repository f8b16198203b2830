using Ailee.Vcp.Sandbox;
using Microsoft.Extensions.Options;

namespace Ailee.Vcp.Server.Modules;

/// <summary>Bounds the uploads that are compiled or wait for it, because each holds its body. Thread-safe.</summary>
internal sealed class CompilePlaces(IOptions<SandboxOptions> options)
{
    /// <summary>Uploads that may wait for a compiler.</summary>
    public const int Waiting = 16;

    private int _taken;

    /// <summary>All places: those that wait, and those whose turn it is.</summary>
    public int Most => Waiting + options.Value.MaxConcurrentCompilations;

    /// <summary>Takes a place; false if there is none.</summary>
    public bool TryTake()
    {
        if (Interlocked.Increment(ref _taken) <= Most)
        {
            return true;
        }

        Interlocked.Decrement(ref _taken);
        return false;
    }

    public void GiveBack() => Interlocked.Decrement(ref _taken);
}
