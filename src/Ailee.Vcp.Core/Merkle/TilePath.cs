using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Ailee.Vcp.Core.Merkle;

/// <summary>
/// Names a tile of a log as C2SP tlog-tiles does: <c>0/x001/x234/067</c>, <c>1/000.p/17</c>, or <c>entries/003</c> for the entries below a
/// tile of level 0. What stands before it, <c>tile/</c>, is the server's.
/// </summary>
/// <param name="Level">0 for tiles of leaf hashes, each further one 8 tree levels up, to 63; <see cref="EntriesLevel"/> for entries.</param>
/// <param name="Index">Zero-based, within the level.</param>
/// <param name="Width">Hashes or entries in it, 1 to <see cref="FullWidth"/>.</param>
public readonly record struct TilePath(int Level, long Index, int Width)
{
    /// <summary>Levels of the tree that a tile spans.</summary>
    public const int TileHeight = 8;

    /// <summary>Hashes in a tile that is not partial.</summary>
    public const int FullWidth = 1 << TileHeight;

    /// <summary>The level of entry bundles.</summary>
    public const int EntriesLevel = -1;

    private const int MaxLevel = 63;
    private const int MaxSizeBits = 63;
    private const string Entries = "entries";
    private const string PartialMark = ".p/";

    /// <summary>How many hashes, or entries, that tile holds at a tree of that size; 0 if there is no such tile.</summary>
    public static int WidthAt(int level, long index, long size)
    {
        // Sizes have 63 bits, so nothing is above the eighth level of tiles.
        if (level is < EntriesLevel or > MaxSizeBits / TileHeight || index < 0 || size <= 0)
        {
            return 0;
        }

        var hashes = size >> (TileHeight * Math.Max(level, 0));
        return index > hashes >> TileHeight ? 0 : (int)Math.Min(FullWidth, hashes - (index << TileHeight));
    }

    /// <summary>Reads the text form, and only that form: nothing has two names.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out TilePath path)
    {
        path = default;
        var slash = text?.IndexOf('/') ?? -1;
        if (slash < 0)
        {
            return false;
        }

        var (level, width) = (EntriesLevel, FullWidth);
        var rest = text.AsSpan(slash + 1);
        var mark = rest.IndexOf(PartialMark);
        if (mark >= 0)
        {
            if (!TryParseNumber(rest[(mark + PartialMark.Length)..], 1, FullWidth - 1, out width))
            {
                return false;
            }

            rest = rest[..mark];
        }

        var known = text.AsSpan(0, slash).SequenceEqual(Entries) || TryParseNumber(text.AsSpan(0, slash), 0, MaxLevel, out level);
        if (!known || !TryParseIndex(rest, out var index))
        {
            return false;
        }

        path = new TilePath(level, index, width);
        return true;
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        var groups = string.Create(CultureInfo.InvariantCulture, $"{Index % 1000:000}");
        for (var rest = Index / 1000; rest != 0; rest /= 1000)
        {
            groups = string.Create(CultureInfo.InvariantCulture, $"x{rest % 1000:000}/{groups}");
        }

        var level = Level == EntriesLevel ? Entries : Level.ToString(CultureInfo.InvariantCulture);
        var partial = Width == FullWidth ? string.Empty : PartialMark + Width.ToString(CultureInfo.InvariantCulture);
        return $"{level}/{groups}{partial}";
    }

    private static bool TryParseNumber(ReadOnlySpan<char> digits, int min, int max, out int value) =>
        int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out value)
        && value >= min && value <= max && (digits.Length == 1 || digits[0] != '0');

    private static bool TryParseIndex(ReadOnlySpan<char> text, out long index)
    {
        index = 0;
        var first = true;
        for (; text.Length > 3; text = text[5..])
        {
            // "x001/": zeros in front would give an index a second name.
            if (text.Length < 8 || text[0] != 'x' || text[4] != '/' || (first && text[1..4] is "000") || !TryAppend(text[1..4], ref index))
            {
                return false;
            }

            first = false;
        }

        return TryAppend(text, ref index);
    }

    private static bool TryAppend(ReadOnlySpan<char> group, ref long index)
    {
        if (group.Length != 3 || group.ContainsAnyExceptInRange('0', '9'))
        {
            return false;
        }

        var value = int.Parse(group, NumberStyles.None, CultureInfo.InvariantCulture);
        if (index > (long.MaxValue - value) / 1000)
        {
            return false;
        }

        index = (index * 1000) + value;
        return true;
    }
}
