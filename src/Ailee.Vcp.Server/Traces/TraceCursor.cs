using System.Globalization;

namespace Ailee.Vcp.Server.Traces;

/// <summary>A place in a trace: the next entry to show, by its leaf and its number within that.</summary>
internal readonly record struct TraceCursor(int Leaf, int Offset)
{
    public static bool TryParse(string? text, out TraceCursor cursor)
    {
        cursor = default;
        if (text is null)
        {
            return true;
        }

        var dot = text.IndexOf('.', StringComparison.Ordinal);
        if (dot < 0
            || !int.TryParse(text.AsSpan(0, dot), NumberStyles.None, CultureInfo.InvariantCulture, out var leaf)
            || !int.TryParse(text.AsSpan(dot + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var offset))
        {
            return false;
        }

        cursor = new TraceCursor(leaf, offset);
        return true;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Leaf}.{Offset}");
}
