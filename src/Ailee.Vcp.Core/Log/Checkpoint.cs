using System.Globalization;

namespace Ailee.Vcp.Core.Log;

/// <summary>The state of a log (C2SP tlog-checkpoint): its origin, number of entries and root. Signed, it is a <see cref="SignedNote"/>.</summary>
/// <param name="Origin">Unique name of the log, a single line.</param>
/// <param name="Size">Number of entries.</param>
/// <param name="Root">Root of the tree over them.</param>
public sealed record Checkpoint(string Origin, long Size, Digest Root)
{
    /// <summary>The text of the note: three lines.</summary>
    public string ToText() => string.Create(CultureInfo.InvariantCulture, $"{Origin}\n{Size}\n{Convert.ToBase64String(Root.ToArray())}\n");

    /// <summary>Reads the text of a note. Extension lines, which the format allows after the third, are not written here and refused.</summary>
    public static Checkpoint? TryParse(string text)
    {
        var lines = text.Split('\n');
        if (lines is not [{ Length: > 0 } origin, var size, var root, ""]
            || !long.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out var entries)
            || entries.ToString(CultureInfo.InvariantCulture) != size)
        {
            return null;
        }

        return StrictBase64.TryDecode(root, Digest.SizeBytes) is { } bytes ? new Checkpoint(origin, entries, new Digest(bytes)) : null;
    }
}
