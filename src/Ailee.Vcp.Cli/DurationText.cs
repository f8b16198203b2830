using System.Globalization;

namespace Ailee.Vcp.Cli;

/// <summary>Spans of time on the command line: a number and <c>s</c>, <c>m</c>, <c>h</c> or <c>d</c>.</summary>
internal static class DurationText
{
    /// <summary>What a span is, for descriptions.</summary>
    public const string Form = "a number and s, m, h or d";

    /// <summary>The seconds of a span.</summary>
    /// <param name="option">Where it stands, for the message.</param>
    /// <param name="text">The span.</param>
    /// <exception cref="CliException">It is none.</exception>
    public static int ParseSeconds(string option, string text)
    {
        var unit = text.Length > 1 ? text[^1] switch { 's' => 1, 'm' => 60, 'h' => 3600, 'd' => 86400, _ => 0 } : 0;
        return unit > 0 && int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count <= int.MaxValue / unit
            ? count * unit
            : throw new CliException($"{option} must be {Form}, such as 1h.");
    }
}
