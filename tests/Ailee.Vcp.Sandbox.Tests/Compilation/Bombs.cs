namespace Ailee.Vcp.Sandbox.Tests.Compilation;

/// <summary>Small valid modules whose compilation is enormous, found by experiment with Wasmtime 50.0.1.</summary>
internal static class Bombs
{
    /// <summary>
    /// One function of nested loops, each of which changes a local: every loop head must merge every local. With 1000 of both it has
    /// 16 KB, takes seconds and 1.3 GB to compile; with 5000 it has 84 KB and 1.4 GB are not enough.
    /// </summary>
    public static byte[] NestedLoops(int size)
    {
        var code = new List<byte> { 1 };
        code.AddRange([.. Number(size), 0x7f]);
        for (var i = 0; i < size; i++)
        {
            // loop, local.get i, i32.const 1, i32.add, local.set i
            code.AddRange([0x03, 0x40, 0x20, .. Number(i), 0x41, 1, 0x6a, 0x21, .. Number(i)]);
        }

        for (var i = 0; i < size; i++)
        {
            // local.get i, br_if 0, end
            code.AddRange([0x20, .. Number(i), 0x0d, 0, 0x0b]);
        }

        code.Add(0x0b);
        return [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0, .. Section(1, [1, 0x60, 0, 0]), .. Section(3, [1, 0]), .. Section(10, [1, .. Number(code.Count), .. code])];
    }

    public static byte[] Section(byte id, params byte[] content) => [id, .. Number(content.Length), .. content];

    /// <summary>Unsigned LEB128.</summary>
    public static byte[] Number(long value)
    {
        var bytes = new List<byte>();
        for (; value >= 0x80; value >>= 7)
        {
            bytes.Add((byte)(value | 0x80));
        }

        return [.. bytes, (byte)value];
    }
}
