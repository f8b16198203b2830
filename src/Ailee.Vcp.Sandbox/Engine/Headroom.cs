namespace Ailee.Vcp.Sandbox.Engine;

/// <summary>
/// Memory that guests must leave to the rest of the process. The engine's small allocations and the runtime's end the process when
/// they fail, so a guest must be refused well before them.
/// </summary>
internal static class Headroom
{
    /// <summary>How much that is.</summary>
    public const nuint Bytes = 64 * 1024 * 1024;

    [ThreadStatic]
    private static long _provenAtMs;

    [ThreadStatic]
    private static nuint _unspentBytes;

    /// <summary>True if the host has <paramref name="more"/> bytes for this thread's guest, and the headroom besides.</summary>
    public static bool Remains(nuint more)
    {
        // A proof costs microseconds, as much as a short run. So it serves a thread for a tick of this clock, a few milliseconds,
        // and half the headroom.
        var nowMs = Environment.TickCount64;
        if (nowMs != _provenAtMs || more > _unspentBytes)
        {
            if (!AddressSpace.CanCommit(more + Bytes))
            {
                return false;
            }

            _provenAtMs = nowMs;
            _unspentBytes = more + (Bytes / 2);
        }

        _unspentBytes -= more;
        return true;
    }
}
