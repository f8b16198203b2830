using System.Globalization;
using System.Security;
using System.Text;

namespace Ailee.Vcp.Node.Sensors;

/// <summary>
/// Small text files below a root, as <c>/proc</c> and <c>/sys</c> have them. Nothing here throws: what is missing, cannot be read or
/// is not what it should be is null. Reads are bounded, in bytes and in entries of a directory.
/// </summary>
internal sealed class SensorFiles(string root)
{
    /// <summary>Entries of one directory that are looked at.</summary>
    public const int MostEntries = 4096;

    private const int NumberBytes = 64;
    private const int TextBytes = 16 * 1024;

    /// <summary>The first 16 KiB of a file.</summary>
    public string? Text(string path) => Read(path, TextBytes);

    /// <summary>The first line of a file without the white space around it.</summary>
    public string? Line(string path) => Read(path, TextBytes)?.Split('\n', 2)[0].Trim();

    /// <summary>A file that is one integer, and nothing else.</summary>
    public long? Number(string path) => Read(path, NumberBytes) is { } text ? ParseNumber(text) : null;

    /// <summary>An integer with white space around it.</summary>
    public static long? ParseNumber(string text) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;

    /// <summary>Files and directories below <paramref name="directory"/> whose name starts so, as paths that the other methods take.</summary>
    public IReadOnlyList<string> Entries(string directory, string prefix)
    {
        var entries = new List<string>();
        try
        {
            foreach (var entry in Directory.EnumerateFileSystemEntries(Path.Combine(root, directory)).Take(MostEntries))
            {
                var name = Path.GetFileName(entry);
                if (name.StartsWith(prefix, StringComparison.Ordinal))
                {
                    entries.Add(Path.Combine(directory, name));
                }
            }
        }
        catch (Exception exception) when (IsOfTheFile(exception))
        {
            // A directory may go while it is listed: what was seen so far is as good as any.
        }

        return entries;
    }

    // These files say a length of 0 or of a page, whatever they hold; so they are read until their end, in as few reads as can be.
    private string? Read(string path, int most)
    {
        try
        {
            using var file = File.OpenHandle(Path.Combine(root, path));
            var (buffer, length) = (new byte[most], 0);
            while (length < most && RandomAccess.Read(file, buffer.AsSpan(length), length) is > 0 and var read)
            {
                length += read;
            }

            return Encoding.Latin1.GetString(buffer, 0, length);
        }
        catch (Exception exception) when (IsOfTheFile(exception))
        {
            return null;
        }
    }

    private static bool IsOfTheFile(Exception exception) =>
        exception is IOException or UnauthorizedAccessException or SecurityException or ArgumentException or NotSupportedException;
}
