using System.Text;

namespace Ailee.Vcp.Fuzz;

/// <summary>Makes inputs out of samples: wildly byte by byte, or item by item with lengths and order of encoding kept right.</summary>
internal sealed class FormatMutator(IReadOnlyList<byte[]> samples)
{
    private static readonly byte[][] Heads =
        [.. ((string[])["a0", "80", "d2", "5f", "9f", "bf", "ff", "f6", "f90000", "fb3ff0000000000000", "9bffffffffffffffff", "5b7fffffffffffffff", "1bffffffffffffffff", "78", "61"]).Select(Convert.FromHexString)];

    private static readonly ulong[] Numbers = [0, 1, 2, 4, 7, 8, 18, 24, 255, 256, 257, 394, 395, 396, 600, 601, 1 << 16, int.MaxValue, long.MaxValue, 1ul << 63, ulong.MaxValue];

    private readonly CborTree?[] _trees = [.. samples.Select(sample => CborTree.TryRead(sample))];

    public byte[] Next(Random random)
    {
        var at = random.Next(samples.Count);
        return _trees[at] is { } tree && random.Next(3) > 0 ? ChangeItems(tree.Copy(), random) : ChangeBytes(samples[at], random);
    }

    public string NextText(Random random)
    {
        var sample = samples[random.Next(samples.Count)];
        if (random.Next(3) > 0)
        {
            return Encoding.UTF8.GetString(ChangeBytes(sample, random));
        }

        var lines = Encoding.UTF8.GetString(sample).Split('\n').ToList();
        var others = Encoding.UTF8.GetString(samples[random.Next(samples.Count)]).Split('\n');
        var (first, second) = (random.Next(lines.Count), random.Next(lines.Count));
        switch (random.Next(4))
        {
            case 0:
                lines.RemoveAt(first);
                break;
            case 1:
                lines.Insert(first, lines[second]);
                break;
            case 2:
                lines[first] = others[random.Next(others.Length)];
                break;
            default:
                (lines[first], lines[second]) = (lines[second], lines[first]);
                break;
        }

        return string.Join('\n', lines);
    }

    private byte[] ChangeBytes(byte[] original, Random random)
    {
        var bytes = original.ToList();
        for (var rounds = random.Next(1, 4); rounds > 0; rounds--)
        {
            var at = random.Next(bytes.Count + 1);
            var length = Math.Min(random.Next(1, 40), bytes.Count - at);
            switch (random.Next(8))
            {
                case 0 or 1 when length > 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 2 when length > 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 3:
                    bytes.RemoveRange(at, length);
                    break;
                case 4:
                    bytes.InsertRange(at, bytes.GetRange(at, length));
                    break;
                case 5:
                    var other = samples[random.Next(samples.Count)];
                    bytes.RemoveRange(at, bytes.Count - at);
                    bytes.AddRange(other.AsSpan(random.Next(other.Length)));
                    break;
                case 6:
                    bytes.InsertRange(at, Heads[random.Next(Heads.Length)]);
                    break;
                default:
                    bytes.RemoveRange(at, random.Next(4) == 0 ? bytes.Count - at : 0);
                    break;
            }
        }

        return [.. bytes];
    }

    private byte[] ChangeItems(CborTree tree, Random random)
    {
        for (var rounds = random.Next(1, 3); rounds > 0; rounds--)
        {
            var all = tree.All().ToList();
            var (one, other) = (all[random.Next(all.Count)], all[random.Next(all.Count)]);
            switch (random.Next(8))
            {
                case 0 when one.Items.Count > 0:
                    one.Items.RemoveAt(random.Next(one.Items.Count));
                    break;
                case 1 when one.Items.Count > 0:
                    one.Items.Insert(random.Next(one.Items.Count), one.Items[random.Next(one.Items.Count)].Copy());
                    break;
                case 2 when one.Items.Count > 1:
                    var (first, second) = (random.Next(one.Items.Count), random.Next(one.Items.Count));
                    (one.Items[first], one.Items[second]) = (one.Items[second], one.Items[first]);
                    break;
                case 3 when one.Items.Count > 0:
                    one.Items[random.Next(one.Items.Count)] = other.Copy();
                    break;
                case 4 when one.Items.Count > 0 && _trees[random.Next(_trees.Length)] is { } foreign:
                    var theirs = foreign.All().ToList();
                    one.Items[random.Next(one.Items.Count)] = theirs[random.Next(theirs.Count)].Copy();
                    break;
                case 5:
                    one.Value = random.Next(2) == 0 ? one.Value + (ulong)random.Next(-2, 3) : Numbers[random.Next(Numbers.Length)];
                    break;
                case 6 when one.Content.Length > 0:
                    one.Content[random.Next(one.Content.Length)] ^= (byte)(1 << random.Next(8));
                    break;
                default:
                    one.Major = random.Next(8);
                    break;
            }
        }

        return tree.ToArray();
    }
}
