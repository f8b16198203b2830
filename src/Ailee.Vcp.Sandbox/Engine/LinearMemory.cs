using System.Runtime.InteropServices;

namespace Ailee.Vcp.Sandbox.Engine;

/// <summary>
/// One linear memory: inaccessible guard, pages that can become accessible, inaccessible guard. It never moves. Compiled code
/// leaves bounds checks out because of the pages behind the accessible ones: none of them may be anything else.
/// </summary>
internal unsafe struct LinearMemory
{
    private byte* _mapping;
    private nuint _mappingBytes;

    public byte* Base { get; private set; }

    public nuint SizeBytes { get; private set; }

    public nuint CapacityBytes { get; private set; }

    /// <summary>A memory of <paramref name="minimum"/> bytes, or null if the host does not give it.</summary>
    public static LinearMemory* Create(nuint minimum, nuint reserved, nuint guard)
    {
        var capacity = Math.Max(minimum, reserved);
        var mappingBytes = capacity + (2 * guard);
        var memory = (LinearMemory*)NativeMemory.Alloc((nuint)sizeof(LinearMemory));
        var mapping = AddressSpace.Reserve(mappingBytes);
        *memory = new LinearMemory { _mapping = mapping, _mappingBytes = mappingBytes, Base = mapping + guard, CapacityBytes = capacity };
        if (mapping is null || !memory->TryGrow(minimum))
        {
            Destroy(memory);
            return null;
        }

        return memory;
    }

    public static void Destroy(LinearMemory* memory)
    {
        if (memory->_mapping is not null)
        {
            AddressSpace.Release(memory->_mapping, memory->_mappingBytes);
        }

        NativeMemory.Free(memory);
    }

    /// <summary>Makes more of it accessible, all or nothing; false if the host does not give it.</summary>
    public bool TryGrow(nuint newSize)
    {
        var more = newSize - SizeBytes;
        if (more == 0)
        {
            return true;
        }

        if (newSize > CapacityBytes || !Headroom.Remains(more) || !AddressSpace.TryCommit(Base + SizeBytes, more))
        {
            return false;
        }

        SizeBytes = newSize;
        return true;
    }
}
