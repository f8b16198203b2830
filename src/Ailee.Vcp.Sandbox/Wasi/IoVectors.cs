using System.Buffers.Binary;
using Ailee.Vcp.Sandbox.Execution;
using Ailee.Vcp.Sandbox.Files;

namespace Ailee.Vcp.Sandbox.Wasi;

/// <summary>The vectors of pointers and lengths that reads and writes go through.</summary>
internal static class IoVectors
{
    private const int VectorBytes = 8;
    private const uint MaxVectors = 1024; // IOV_MAX

    /// <summary>Pays for the vectors and checks that they, and what they point to, lie in memory.</summary>
    public static Errno Check(ref HostCall call, uint vectors, uint count, out long total)
    {
        total = 0;
        if (count > MaxVectors)
        {
            return Errno.Invalid;
        }

        call.BurnEntries(count);
        if (!call.TryMemory(vectors, count * VectorBytes, out var table))
        {
            return Errno.Fault;
        }

        for (; !table.IsEmpty; table = table[VectorBytes..])
        {
            var length = BinaryPrimitives.ReadUInt32LittleEndian(table[4..]);
            if (!call.TryMemory(BinaryPrimitives.ReadUInt32LittleEndian(table), length, out _))
            {
                return Errno.Fault;
            }

            total += length;
        }

        // What was moved is answered in 32 bits.
        return total > uint.MaxValue ? Errno.Invalid : Errno.Success;
    }

    // Read again for each use: a read may have overwritten the next vector. One that then lies outside memory is empty.
    public static Span<byte> At(ref HostCall call, uint vectors, uint index)
    {
        call.TryMemory(vectors + (index * VectorBytes), VectorBytes, out var entry);
        call.TryMemory(BinaryPrimitives.ReadUInt32LittleEndian(entry), BinaryPrimitives.ReadUInt32LittleEndian(entry[4..]), out var span);
        return span;
    }
}
