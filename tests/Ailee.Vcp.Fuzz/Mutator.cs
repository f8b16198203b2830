namespace Ailee.Vcp.Fuzz;

/// <summary>
/// Makes modules out of valid ones. Half of the changes are wild; the others keep lengths, or even types, right, so that they
/// reach what lies behind the parser: the validator, the compiler, and the host while the guest runs.
/// </summary>
internal sealed class Mutator
{
    private const int LargeBytes = 8192;

    private static readonly byte[] Interesting = [0x00, 0x01, 0x0b, 0x0f, 0x10, 0x11, 0x20, 0x3f, 0x40, 0x41, 0x60, 0x6f, 0x70, 0x7b, 0x7f, 0x80, 0xfc, 0xfd, 0xff];

    // Opcodes that take and give the same types: comparisons and arithmetic of each number type, loads and stores of i32.
    private static readonly byte[][] Alike =
    [
        [.. Range(0x46, 0x4f)], [.. Range(0x51, 0x5a)], [.. Range(0x5b, 0x60)], [.. Range(0x61, 0x66)], [.. Range(0x6a, 0x78)], [.. Range(0x7c, 0x8a)],
        [.. Range(0x92, 0x98)], [.. Range(0xa0, 0xa6)], [0x28, 0x2c, 0x2d, 0x2e, 0x2f], [0x36, 0x3a, 0x3b],
    ];

    private readonly List<byte[]> _small;
    private readonly List<byte[]> _large;
    private readonly IReadOnlyList<byte[]> _texts;

    /// <param name="modules">Valid modules; of the large ones, which take long to compile, few cases are made.</param>
    /// <param name="texts">Modules as text.</param>
    public Mutator(IReadOnlyList<byte[]> modules, IReadOnlyList<byte[]> texts)
    {
        _small = [.. modules.Where(module => module.Length <= LargeBytes)];
        _large = [.. modules.Where(module => module.Length > LargeBytes)];
        _texts = texts;
    }

    /// <summary>The case of a number: the same for the same corpus and seed.</summary>
    public FuzzCase Case(int seed, int number)
    {
        var random = new Random(HashCode(seed, number));
        if (random.Next(50) == 0)
        {
            return new FuzzCase(ChangeBytes(Pick(_texts, random), random), IsText: true);
        }

        var module = Pick(random.Next(40) == 0 ? _large : _small, random);
        return new FuzzCase(Change(module, random), IsText: false);
    }

    private byte[] Change(byte[] module, Random random)
    {
        switch (random.Next(20))
        {
            case 0:
                return Garbage(random);
            case 1:
                return module[..random.Next(module.Length + 1)];
            case 2:
                var other = Pick(_small, random);
                return [.. module.AsSpan(0, random.Next(module.Length + 1)), .. other.AsSpan(random.Next(other.Length + 1))];
            case 3 or 4:
                return ChangeBytes(module, random);
            case 5 or 6:
                return MoveSections(ModuleParts.Of(module), ModuleParts.Of(Pick(_small, random)), random);
            case 7 or 8 or 9 or 10:
                return ChangePart(ModuleParts.Of(module), random);
            default:
                return ChangeAlike(ModuleParts.Of(module), random);
        }
    }

    // System.HashCode differs between processes.
    private static int HashCode(int seed, int number) => unchecked((seed * 1_000_003) ^ (number * 31));

    private static byte[] Pick(IReadOnlyList<byte[]> list, Random random) => list[random.Next(list.Count)];

    private static IEnumerable<byte> Range(byte first, byte last) => Enumerable.Range(first, last - first + 1).Select(value => (byte)value);

    private static byte[] Garbage(Random random)
    {
        var bytes = new byte[random.Next(2000)];
        random.NextBytes(bytes);
        return random.Next(2) == 0 ? bytes : [.. ModuleParts.Header, .. bytes];
    }

    private static byte[] ChangeBytes(byte[] original, Random random)
    {
        var bytes = original.ToList();
        for (var left = 1 + random.Next(4); left > 0 && bytes.Count > 0; left--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(8))
            {
                case 0:
                    bytes.RemoveAt(at);
                    break;
                case 1:
                    bytes.Insert(at, Interesting[random.Next(Interesting.Length)]);
                    break;
                case 2 or 3:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 4:
                    bytes[at] = (byte)random.Next(256);
                    break;
                default:
                    bytes[at] = Interesting[random.Next(Interesting.Length)];
                    break;
            }
        }

        return [.. bytes];
    }

    /// <summary>Changes bytes of a section or of one function's body, and makes the lengths around it right again.</summary>
    private static byte[] ChangePart(ModuleParts parts, Random random)
    {
        if (random.Next(3) > 0 && parts.Bodies.Count > 0)
        {
            var at = random.Next(parts.Bodies.Count);
            parts.Bodies[at] = ChangeBytes(parts.Bodies[at], random);
        }
        else if (parts.Sections.Count > 0)
        {
            var at = random.Next(parts.Sections.Count);
            parts.Sections[at] = (parts.Sections[at].Id, ChangeBytes(parts.Sections[at].Content, random));
        }

        return parts.ToArray();
    }

    /// <summary>Puts instructions in the place of others of the same type, and other numbers into constants.</summary>
    private static byte[] ChangeAlike(ModuleParts parts, Random random)
    {
        for (var left = 1 + random.Next(4); left > 0 && parts.Bodies.Count > 0; left--)
        {
            var body = parts.Bodies[random.Next(parts.Bodies.Count)];
            // Looks on from a random place for a byte that can be changed. It may be part of a number: then that changes.
            for (int at = random.Next(body.Length), looked = 0; looked < body.Length; at = (at + 1) % body.Length, looked++)
            {
                if (Alike.FirstOrDefault(group => group.Contains(body[at])) is { } group)
                {
                    body[at] = group[random.Next(group.Length)];
                    break;
                }

                if (body[at] is 0x41 or 0x42 && at + 1 < body.Length)
                {
                    // i32.const or i64.const: other low bits in as many bytes.
                    body[at + 1] = (byte)((body[at + 1] & 0x80) | random.Next(0x80));
                    break;
                }
            }
        }

        return parts.ToArray();
    }

    private static byte[] MoveSections(ModuleParts parts, ModuleParts others, Random random)
    {
        var sections = parts.Sections;
        for (var left = 1 + random.Next(3); left > 0 && sections.Count > 0; left--)
        {
            var (at, other) = (random.Next(sections.Count), random.Next(sections.Count));
            switch (random.Next(4))
            {
                case 0:
                    sections.RemoveAt(at);
                    break;
                case 1:
                    sections.Insert(other, sections[at]);
                    break;
                case 2 when others.Sections.Count > 0:
                    sections[at] = others.Sections[random.Next(others.Sections.Count)];
                    break;
                default:
                    (sections[at], sections[other]) = (sections[other], sections[at]);
                    break;
            }
        }

        return parts.ToArray();
    }
}

/// <summary>One thing to upload.</summary>
/// <param name="Bytes">The body.</param>
/// <param name="IsText">Whether it is sent as text.</param>
internal sealed record FuzzCase(byte[] Bytes, bool IsText);
