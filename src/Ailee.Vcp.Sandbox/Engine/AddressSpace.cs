using System.Runtime.InteropServices;

namespace Ailee.Vcp.Sandbox.Engine;

/// <summary>Address space of this process. Reserving it takes no memory; committed pages read as zero until they are written.</summary>
internal static unsafe partial class AddressSpace
{
    private const int ProtectReadWrite = 1 | 2;
    private const int MapPrivate = 2;
    private const uint WindowsCommit = 0x1000;
    private const uint WindowsReserve = 0x2000;
    private const uint WindowsRelease = 0x8000;
    private const uint WindowsNoAccess = 1;
    private const uint WindowsReadWrite = 4;

    private static readonly int MapAnonymous = OperatingSystem.IsMacOS() ? 0x1000 : 0x20;

    /// <summary>Pages that fault when touched, or null if the host has no room for them.</summary>
    public static byte* Reserve(nuint bytes) => OperatingSystem.IsWindows()
        ? (byte*)VirtualAlloc(null, bytes, WindowsReserve, WindowsNoAccess)
        : Map(bytes, protection: 0);

    /// <summary>Makes reserved pages usable; false if the host does not give the memory.</summary>
    public static bool TryCommit(byte* address, nuint bytes) => OperatingSystem.IsWindows()
        ? VirtualAlloc(address, bytes, WindowsCommit, WindowsReadWrite) is not null
        : Protect(address, bytes, ProtectReadWrite) == 0;

    /// <summary>True if the host would give so much memory now. Nothing is taken: pages count when they are mapped, and cost when they are touched.</summary>
    public static bool CanCommit(nuint bytes)
    {
        var pages = OperatingSystem.IsWindows()
            ? (byte*)VirtualAlloc(null, bytes, WindowsReserve | WindowsCommit, WindowsReadWrite)
            : Map(bytes, ProtectReadWrite);
        if (pages is null)
        {
            return false;
        }

        Release(pages, bytes);
        return true;
    }

    /// <summary>Gives back all that one <see cref="Reserve"/> took.</summary>
    public static void Release(byte* address, nuint bytes)
    {
        if (OperatingSystem.IsWindows())
        {
            _ = VirtualFree(address, 0, WindowsRelease);
        }
        else
        {
            _ = Unmap(address, bytes);
        }
    }

    private static byte* Map(nuint bytes, int protection)
    {
        var pages = Map(null, bytes, protection, MapPrivate | MapAnonymous, -1, 0);
        return (nint)pages == -1 ? null : (byte*)pages;
    }

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial void* Map(void* address, nuint bytes, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect")]
    private static partial int Protect(void* address, nuint bytes, int protection);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Unmap(void* address, nuint bytes);

    [LibraryImport("kernel32")]
    private static partial void* VirtualAlloc(void* address, nuint bytes, uint type, uint protection);

    [LibraryImport("kernel32")]
    private static partial int VirtualFree(void* address, nuint bytes, uint type);
}
