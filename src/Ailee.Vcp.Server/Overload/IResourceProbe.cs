using Ailee.Vcp.Node.Sensors;
using Ailee.Vcp.Server.Storage;

namespace Ailee.Vcp.Server.Overload;

/// <summary>What is left of the machine.</summary>
internal interface IResourceProbe
{
    /// <summary>Bytes that this user may still write to the data directory's disk; null if it is not known.</summary>
    long? FreeStorageBytes();

    /// <summary>Bytes of memory that the process may still take; null if it is not known.</summary>
    long? FreeMemoryBytes();
}

/// <summary>Asks the file system and the kernel.</summary>
internal sealed class MachineProbe(DataDirectory directory, TimeProvider time) : IResourceProbe
{
    private readonly MachineSensors _sensors = new(time);

    public long? FreeStorageBytes()
    {
        try
        {
            return new DriveInfo(directory.Root).AvailableFreeSpace;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }

    public long? FreeMemoryBytes() => _sensors.FreeMemoryBytes();
}
