using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Wasmtime;

namespace Ailee.Vcp.Sandbox.Engine;

/// <summary>
/// Gives guests their linear memory in the engine's place. The engine's own allocator tells only the guest when the host is short
/// of memory, by the same −1 as for the task's limit, and the outcome would depend on this machine. Here such a refusal is
/// noticed. The limit itself never comes here: the engine looks at it first.
/// </summary>
internal static unsafe partial class HostMemory
{
    // A guest runs on one thread, and its memory is created and grown on that thread.
    [ThreadStatic]
    private static bool _wasShort;

    /// <summary>True if the host was short of memory for this thread's guest since <see cref="Begin"/>.</summary>
    public static bool WasShort => _wasShort;

    /// <summary>Begins a run on this thread.</summary>
    public static void Begin() => _wasShort = !Headroom.Remains(0);

    /// <summary>Makes engines of this configuration take linear memory from here. Needs copy-on-write initialisation to be off.</summary>
    public static void Supply(Config config)
    {
        var creator = new Creator { New = &New };
        SetCreator((SafeHandle)Handle(config), &creator);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void* New(void* environment, void* type, nuint minimum, nuint maximum, nuint reserved, nuint guard, Created* created)
    {
        try
        {
            var memory = LinearMemory.Create(minimum, reserved, guard);
            if (memory is null)
            {
                return Refuse();
            }

            *created = new Created { Memory = memory, Get = &Get, Grow = &Grow, Finalize = &Delete };
            return null;
        }
        catch (OutOfMemoryException)
        {
            // Nothing may be thrown through the engine's frames: the process would end.
            return Refuse();
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static byte* Get(LinearMemory* memory, nuint* sizeBytes, nuint* capacityBytes)
    {
        *sizeBytes = memory->SizeBytes;
        *capacityBytes = memory->CapacityBytes;
        return memory->Base;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void* Grow(LinearMemory* memory, nuint newSize) => memory->TryGrow(newSize) ? null : Refuse();

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Delete(LinearMemory* memory) => LinearMemory.Destroy(memory);

    private static void* Refuse()
    {
        _wasShort = true;
        fixed (byte* message = "the host is short of memory\0"u8)
        {
            return NewError(message);
        }
    }

    // The binding does not offer the memory creator, but its configuration holds the handle that the engine's own function takes.
    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_NativeHandle")]
    [return: UnsafeAccessorType("Wasmtime.Config+Handle, Wasmtime.Dotnet")]
    private static extern object Handle(Config config);

    [LibraryImport("wasmtime", EntryPoint = "wasmtime_config_host_memory_creator_set")]
    private static partial void SetCreator(SafeHandle config, Creator* creator);

    [LibraryImport("wasmtime", EntryPoint = "wasmtime_error_new")]
    private static partial void* NewError(byte* message);

    /// <summary><c>wasmtime_memory_creator_t</c>; the engine copies it.</summary>
    private struct Creator
    {
        public void* Environment;
        public delegate* unmanaged[Cdecl]<void*, void*, nuint, nuint, nuint, nuint, Created*, void*> New;
        public delegate* unmanaged[Cdecl]<void*, void> Finalize;
    }

    /// <summary><c>wasmtime_linear_memory_t</c>; the engine owns what is written there.</summary>
    private struct Created
    {
        public LinearMemory* Memory;
        public delegate* unmanaged[Cdecl]<LinearMemory*, nuint*, nuint*, byte*> Get;
        public delegate* unmanaged[Cdecl]<LinearMemory*, nuint, void*> Grow;
        public delegate* unmanaged[Cdecl]<LinearMemory*, void> Finalize;
    }
}
