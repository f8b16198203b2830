namespace Ailee.Vcp.Fuzz;

/// <summary>Makes modules out of valid ones: changes bytes anywhere, or only in one section, or moves whole sections about.</summary>
internal sealed class Mutator(IReadOnlyList<byte[]> corpus)
{
    private const int HeaderBytes = 8;

    private static readonly byte[] Interesting = [0x00, 0x01, 0x0b, 0x0f, 0x10, 0x11, 0x20, 0x3f, 0x40, 0x41, 0x60, 0x6f, 0x70, 0x7b, 0x7f, 0x80, 0xfc, 0xfd, 0xff];

    /// <summary>The case of a number: the same for the same corpus and seed.</summary>
    public byte[] Case(int seed, int number)
    {
        var random = new Random(HashCode(seed, number));
        var module = corpus[random.Next(corpus.Count)];
        return random.Next(16) switch
        {
            0 => Garbage(random),
            1 => module[..random.Next(module.Length + 1)],
            2 or 3 => Splice(module, corpus[random.Next(corpus.Count)], random),
            4 or 5 or 6 => MoveSections(module, random),
            _ => ChangeBytes(module, random),
        };
    }

    // System.HashCode differs between processes.
    private static int HashCode(int seed, int number) => unchecked((seed * 1_000_003) ^ (number * 31));

    private static byte[] Garbage(Random random)
    {
        var bytes = new byte[random.Next(2000)];
        random.NextBytes(bytes);
        return random.Next(2) == 0 ? bytes : [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00, .. bytes];
    }

    private static byte[] Splice(byte[] left, byte[] right, Random random) =>
        [.. left.AsSpan(0, random.Next(left.Length + 1)), .. right.AsSpan(random.Next(right.Length + 1))];

    private static byte[] ChangeBytes(byte[] module, Random random)
    {
        var bytes = module.ToList();
        // Within one section, often the code, what is changed is more likely to stay valid elsewhere.
        var sections = Sections(module);
        var (start, end) = sections.Count > 0 && random.Next(4) > 0 ? sections[random.Next(sections.Count)] : (0, module.Length);
        for (var left = 1 + random.Next(4); left > 0 && bytes.Count > 0; left--)
        {
            var at = Math.Min(start + random.Next(Math.Max(1, end - start)), bytes.Count - 1);
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

    private static byte[] MoveSections(byte[] module, Random random)
    {
        var parts = Sections(module).ConvertAll(section => module[section.Start..section.End]);
        for (var left = 1 + random.Next(3); left > 0 && parts.Count > 0; left--)
        {
            var (at, other) = (random.Next(parts.Count), random.Next(parts.Count));
            switch (random.Next(3))
            {
                case 0:
                    parts.RemoveAt(at);
                    break;
                case 1:
                    parts.Insert(other, parts[at]);
                    break;
                default:
                    (parts[at], parts[other]) = (parts[other], parts[at]);
                    break;
            }
        }

        return [.. module.AsSpan(0, HeaderBytes), .. parts.SelectMany(part => part)];
    }

    private static List<(int Start, int End)> Sections(byte[] module)
    {
        var sections = new List<(int, int)>();
        for (var at = HeaderBytes; at < module.Length;)
        {
            var start = at++;
            var (length, shift) = (0, 0);
            do
            {
                length |= (module[at] & 0x7f) << shift;
                shift += 7;
            }
            while ((module[at++] & 0x80) != 0);
            at += length;
            sections.Add((start, at));
        }

        return sections;
    }
}
