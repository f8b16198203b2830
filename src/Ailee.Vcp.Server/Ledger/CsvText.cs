using System.Globalization;

namespace Ailee.Vcp.Server.Ledger;

/// <summary>Fields of a CSV (RFC 4180).</summary>
internal static class CsvText
{
    // What makes a spreadsheet take a field for a formula (OWASP, CSV injection), full-width forms included.
    private const string FormulaStarts = "=+-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20";

    /// <summary>A line, with its end.</summary>
    public static string Line(params IEnumerable<string> fields) => string.Join(',', fields) + "\r\n";

    /// <summary>Text from outside. What a spreadsheet would compute gets an apostrophe before it, which makes it text.</summary>
    public static string Field(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return string.Empty;
        }

        var safe = FormulaStarts.Contains(text[0], StringComparison.Ordinal) ? "'" + text : text;
        return safe.AsSpan().IndexOfAny(",\"\r\n") < 0 ? safe : $"\"{safe.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }

    /// <summary>A number of ours: as it is, also below zero.</summary>
    public static string Field(long? number) => number?.ToString(CultureInfo.InvariantCulture) ?? string.Empty;

    /// <summary>A time (RFC 3339), to the millisecond.</summary>
    public static string Field(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
