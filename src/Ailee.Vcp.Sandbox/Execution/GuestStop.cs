namespace Ailee.Vcp.Sandbox.Execution;

/// <summary>Why the host ended a guest from inside a host call or at an epoch.</summary>
internal enum StopReason
{
    None,
    Exit,
    OutOfFuel,
    OutputLimit,
    OutOfBounds,
    Timeout,
    Cancelled,
    HostMemory,
}

/// <summary>Unwinds the guest. The reason stands in <see cref="GuestState.Stop"/>, set before this is thrown.</summary>
internal sealed class GuestStopException : Exception;
