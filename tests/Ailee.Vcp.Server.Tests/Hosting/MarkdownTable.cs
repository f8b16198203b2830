namespace Ailee.Vcp.Server.Tests.Hosting;

/// <summary>Tables of the documentation, as they are copied beside the tests.</summary>
internal static class MarkdownTable
{
    /// <summary>The rows of every table with exactly this header, their cells without code marks.</summary>
    public static List<string[]> Rows(string document, params string[] header)
    {
        var lines = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "docs", document));
        var rows = new List<string[]>();
        for (var i = 0; i < lines.Length; i++)
        {
            if (!Cells(lines[i]).SequenceEqual(header))
            {
                continue;
            }

            // The line below the header only draws it.
            for (i += 2; i < lines.Length && lines[i].StartsWith('|'); i++)
            {
                rows.Add(Cells(lines[i]));
            }
        }

        return rows;
    }

    private static string[] Cells(string line) => [.. line.Trim('|').Split('|').Select(cell => cell.Trim(' ', '`'))];
}
