using System.Runtime.InteropServices;

namespace Ailee.Vcp.Node;

/// <summary>Proves at start that the machine can give every slot its memory: a guest that finds none later would be an engine fault.</summary>
public static unsafe class MemoryProof
{
    private const int PageBytes = 4096;

    /// <summary>Null if <paramref name="bytes"/> can be had at once, else the reason in a sentence.</summary>
    public static string? Commit(long bytes)
    {
        // First by the books: touching more than a container's limit would end the process instead of failing.
        var available = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        if (bytes > available)
        {
            return $"The slots need {bytes} bytes of memory, but this process may use {available}.";
        }

        void* memory;
        try
        {
            memory = NativeMemory.Alloc((nuint)bytes);
        }
        catch (OutOfMemoryException)
        {
            return $"The slots need {bytes} bytes of memory, but the system does not give them.";
        }

        for (long offset = 0; offset < bytes; offset += PageBytes)
        {
            ((byte*)memory)[offset] = 1;
        }

        NativeMemory.Free(memory);
        return null;
    }
}
