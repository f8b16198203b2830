namespace Ailee.Vcp.Core.Execution;

/// <summary>
/// The one table of prices. Unit: one instruction, as Wasmtime counts fuel. Prices of host calls are burned from the guest's
/// instructions while it runs; the others are added afterwards. Changing any of them changes the profile.
/// </summary>
public static class GasSchedule
{
    /// <summary>Version of the table, part of the profile.</summary>
    public const int Version = 1;

    /// <summary>Every host call, for the crossing and its trace record.</summary>
    public const long HostCall = 100;

    /// <summary>Every byte that a host call moves between the guest and the host.</summary>
    public const long HostByte = 1;

    /// <summary>Every random byte, beside <see cref="HostByte"/>: a hash makes them.</summary>
    public const long RandomByte = 8;

    /// <summary>Every entry of a vector that a host call walks: I/O vectors, arguments, variables, subscriptions.</summary>
    public const long HostEntry = 20;

    /// <summary>Every 64 KiB page of linear memory that the guest holds at its end.</summary>
    public const long MemoryPage = 1000;

    /// <summary>Every byte of the invocation and of stdin.</summary>
    public const long InputByte = 1;

    /// <summary>Every byte of the output record, of stdout, of stderr and of the files that come back.</summary>
    public const long OutputByte = 4;

    /// <summary>Gas of an execution; exact for any value that the limits allow.</summary>
    /// <exception cref="OverflowException">The values are beyond every limit.</exception>
    public static long Total(long instructions, long memoryPages, long inputBytes, long outputBytes) =>
        checked(instructions + (MemoryPage * memoryPages) + (InputByte * inputBytes) + (OutputByte * outputBytes));
}
