using Ailee.Vcp.Core.Cbor;

namespace Ailee.Vcp.Core.Traces;

/// <summary>
/// A trace in a file: a CBOR sequence (RFC 8742) with an item for each leaf, the leaf itself or, where it is not at hand, its hash
/// as a byte string.
/// </summary>
public static class TraceFile
{
    /// <summary>Bytes that stand for a leaf that is not at hand.</summary>
    public const int GapBytes = 2 + Digest.SizeBytes;

    private const int ByteStringOf32 = 0x58;
    private const int MajorArray = 4;

    /// <summary>Writes a trace.</summary>
    public static void Write(Stream destination, KeptTrace trace)
    {
        Span<byte> gap = stackalloc byte[GapBytes];
        (gap[0], gap[1]) = (ByteStringOf32, Digest.SizeBytes);
        for (var i = 0; i < trace.LeafHashes.Count; i++)
        {
            if (trace.Leaves[i] is { } leaf)
            {
                destination.Write(leaf.Span);
                continue;
            }

            trace.LeafHashes[i].CopyTo(gap[2..]);
            destination.Write(gap);
        }
    }

    /// <summary>What stands for leaves that are not at hand.</summary>
    /// <param name="hashes">Their hashes, one after the other.</param>
    public static byte[] Gaps(ReadOnlySpan<byte> hashes)
    {
        var gaps = new byte[hashes.Length / Digest.SizeBytes * GapBytes];
        for (var rest = gaps.AsSpan(); !rest.IsEmpty; rest = rest[GapBytes..])
        {
            (rest[0], rest[1]) = (ByteStringOf32, Digest.SizeBytes);
            hashes[..Digest.SizeBytes].CopyTo(rest[2..]);
            hashes = hashes[Digest.SizeBytes..];
        }

        return gaps;
    }

    /// <summary>Reads a trace; null with a fault if the bytes are none. What is within the leaves is not looked at.</summary>
    /// <param name="bytes">The file.</param>
    /// <param name="hash">The hash of the trace, which the file does not say.</param>
    /// <param name="fault">Why it is none.</param>
    public static KeptTrace? TryRead(ReadOnlyMemory<byte> bytes, ContentHash hash, out CborFault? fault)
    {
        var (hashes, leaves) = (new List<Digest>(), new List<ReadOnlyMemory<byte>?>());
        for (var rest = bytes; !rest.IsEmpty;)
        {
            if (DeterministicCbor.FirstItem(rest.Span, out fault) is not { } length)
            {
                return null;
            }

            var item = rest[..length];
            rest = rest[length..];
            if (length == GapBytes && item.Span[0] == ByteStringOf32 && item.Span[1] == Digest.SizeBytes)
            {
                hashes.Add(new Digest(item.Span[2..]));
                leaves.Add(null);
            }
            else if (item.Span[0] >> 5 == MajorArray)
            {
                hashes.Add(hash.Leaf(item.Span));
                leaves.Add(item);
            }
            else
            {
                fault = new CborFault(CborFaultKind.WrongShape, "trace: an item is neither a leaf nor the hash of one.");
                return null;
            }
        }

        fault = hashes.Count >= 2 ? null : new CborFault(CborFaultKind.WrongShape, "trace: a trace has a first and a last leaf.");
        return fault is null ? new KeptTrace(hash, hashes, leaves) : null;
    }
}
