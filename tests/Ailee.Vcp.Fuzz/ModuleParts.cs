namespace Ailee.Vcp.Fuzz;

/// <summary>A valid module taken apart, so that it can be put together again with right lengths after a change.</summary>
internal sealed class ModuleParts
{
    private const byte CodeSection = 10;

    private ModuleParts()
    {
    }

    public static ReadOnlySpan<byte> Header => [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];

    /// <summary>Id and content of each section; that of code is empty, for its content is <see cref="Bodies"/>.</summary>
    public List<(byte Id, byte[] Content)> Sections { get; } = [];

    /// <summary>The functions' bodies without their lengths.</summary>
    public List<byte[]> Bodies { get; } = [];

    public static ModuleParts Of(ReadOnlySpan<byte> module)
    {
        var parts = new ModuleParts();
        for (var rest = module[Header.Length..]; !rest.IsEmpty;)
        {
            var id = rest[0];
            rest = rest[1..];
            var content = Take(ref rest, Number(ref rest));
            if (id != CodeSection)
            {
                parts.Sections.Add((id, content.ToArray()));
                continue;
            }

            parts.Sections.Add((id, []));
            for (var left = Number(ref content); left > 0; left--)
            {
                parts.Bodies.Add(Take(ref content, Number(ref content)).ToArray());
            }
        }

        return parts;
    }

    public byte[] ToArray()
    {
        List<byte> code = [.. Encode(Bodies.Count)];
        Bodies.ForEach(body => code.AddRange([.. Encode(body.Length), .. body]));
        List<byte> module = [.. Header];
        foreach (var (id, kept) in Sections)
        {
            // A section that was changed after it was emptied stays what it was changed to.
            IReadOnlyCollection<byte> content = id == CodeSection && kept.Length == 0 ? code : kept;
            module.AddRange([id, .. Encode(content.Count), .. content]);
        }

        return [.. module];
    }

    private static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> from, int length)
    {
        var taken = from[..length];
        from = from[length..];
        return taken;
    }

    private static int Number(ref ReadOnlySpan<byte> from)
    {
        var (value, shift) = (0, 0);
        byte next;
        do
        {
            next = from[0];
            from = from[1..];
            value |= (next & 0x7f) << shift;
            shift += 7;
        }
        while ((next & 0x80) != 0);
        return value;
    }

    private static IEnumerable<byte> Encode(int value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            yield return (byte)(value | 0x80);
        }

        yield return (byte)value;
    }
}
