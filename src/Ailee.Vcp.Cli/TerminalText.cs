using System.Globalization;
using System.Text;

namespace Ailee.Vcp.Cli;

/// <summary>What others said, fit for a terminal: nothing in it moves the cursor, colours, or turns the direction of writing.</summary>
internal static class TerminalText
{
    /// <summary>The text with such characters as <c>\\uXXXX</c>; line feeds and tabulators stay.</summary>
    public static string Harmless(string text)
    {
        if (!text.Any(IsHarmful))
        {
            return text;
        }

        var safe = new StringBuilder(text.Length);
        foreach (var character in text)
        {
            safe.Append(IsHarmful(character) ? $"\\u{(int)character:x4}" : character.ToString());
        }

        return safe.ToString();
    }

    private static bool IsHarmful(char character) =>
        (char.IsControl(character) && character is not '\n' and not '\t')
        || character is (>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069')
        || char.GetUnicodeCategory(character) is UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
