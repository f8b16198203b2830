using System.Text;

namespace Ailee.Vcp.Sandbox.Modules;

/// <summary>Reads the primitives of the WebAssembly binary format (§5.2) with every bound checked.</summary>
internal ref struct WasmReader(ReadOnlySpan<byte> data)
{
    private readonly ReadOnlySpan<byte> _data = data;

    public int Position { get; private set; }

    public readonly bool AtEnd => Position == _data.Length;

    public byte Byte() => Position < _data.Length ? _data[Position++] : throw Truncated();

    public uint U32()
    {
        ulong value = 0;
        for (var shift = 0; shift < 35; shift += 7)
        {
            var part = Byte();
            value |= (ulong)(part & 0x7f) << shift;
            if ((part & 0x80) == 0)
            {
                return value <= uint.MaxValue ? (uint)value : throw Malformed();
            }
        }

        throw Malformed();
    }

    public ReadOnlySpan<byte> Bytes(uint length)
    {
        if (length > _data.Length - Position)
        {
            throw Truncated();
        }

        var bytes = _data.Slice(Position, (int)length);
        Position += (int)length;
        return bytes;
    }

    public string Name() => Encoding.UTF8.GetString(Bytes(U32()));

    private static ModuleException Truncated() => new(ModuleException.Invalid, "The module ends inside a section.");

    private static ModuleException Malformed() => new(ModuleException.Invalid, "A number in the module is malformed.");
}
