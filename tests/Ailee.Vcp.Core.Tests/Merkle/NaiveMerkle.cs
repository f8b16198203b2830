using System.Numerics;
using System.Security.Cryptography;
using System.Text;

namespace Ailee.Vcp.Core.Tests.Merkle;

/// <summary>RFC 9162 §2.1 word for word: recursive, slow, and sharing nothing with the code under test.</summary>
internal static class NaiveMerkle
{
    /// <summary>Leaves that differ from each other: the index as text.</summary>
    public static byte[][] Leaves(int count) => [.. Enumerable.Range(0, count).Select(index => Encoding.ASCII.GetBytes($"leaf {index}"))];

    /// <summary>MTH(D) of §2.1.1.</summary>
    public static byte[] Root(ReadOnlySpan<byte[]> leaves) => leaves.Length switch
    {
        0 => SHA256.HashData([]),
        1 => SHA256.HashData([0x00, .. leaves[0]]),
        var count => SHA256.HashData([0x01, .. Root(leaves[..Split(count)]), .. Root(leaves[Split(count)..])]),
    };

    /// <summary>PATH(m, D) of §2.1.3.1.</summary>
    public static byte[][] Path(ReadOnlySpan<byte[]> leaves, int index)
    {
        if (leaves.Length == 1)
        {
            return [];
        }

        var split = Split(leaves.Length);
        return index < split
            ? [.. Path(leaves[..split], index), Root(leaves[split..])]
            : [.. Path(leaves[split..], index - split), Root(leaves[..split])];
    }

    /// <summary>PROOF(m, D) of §2.1.4.1.</summary>
    public static byte[][] Consistency(ReadOnlySpan<byte[]> leaves, int from) => Consistency(leaves, from, complete: true);

    /// <summary>On which side the sibling stands at each step from the leaf to the root.</summary>
    public static string Sides(int index, int count)
    {
        if (count == 1)
        {
            return string.Empty;
        }

        var split = Split(count);
        return index < split ? Sides(index, split) + "r" : Sides(index - split, count - split) + "l";
    }

    // SUBPROOF(m, D, b) of §2.1.4.1.
    private static byte[][] Consistency(ReadOnlySpan<byte[]> leaves, int from, bool complete)
    {
        if (from == leaves.Length)
        {
            return complete ? [] : [Root(leaves)];
        }

        var split = Split(leaves.Length);
        return from <= split
            ? [.. Consistency(leaves[..split], from, complete), Root(leaves[split..])]
            : [.. Consistency(leaves[split..], from - split, complete: false), Root(leaves[..split])];
    }

    // The largest power of two smaller than the count.
    private static int Split(int count) => (int)BitOperations.RoundUpToPowerOf2((uint)count) / 2;
}
