using System.Globalization;
using System.Text;
using Ailee.Vcp.Node.Keys;
using Ailee.Vcp.Server.Storage;

namespace Ailee.Vcp.Server.Clocks;

/// <summary>The clock's mark in the data directory: two times in milliseconds since 1970, the second one '-' while the clock is believed.</summary>
internal sealed class ClockFile(DataDirectory directory)
{
    private readonly string _path = Path.Combine(directory.Root, "clock");

    /// <summary>The mark of the run before; null at the first start. One that cannot be read says nothing for the clock, so it is doubted.</summary>
    public ClockMark? Read()
    {
        string[] words;
        try
        {
            if (StoredFile.TryRead(_path) is not { } bytes)
            {
                return null;
            }

            words = Encoding.ASCII.GetString(bytes).Split(' ', 2);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            words = [];
        }

        return words.Length == 2 && TryParse(words[0], out var utc) && (TryParse(words[1], out var since) || words[1] == "-")
            ? new ClockMark(utc, words[1] == "-" ? null : since)
            : new ClockMark(DateTimeOffset.MinValue, null);
    }

    /// <summary>Puts a mark in the place of the one before. A power cut leaves one of the two.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Write(ClockMark mark) => SecretFile.Write(_path, Encoding.ASCII.GetBytes(string.Create(
        CultureInfo.InvariantCulture,
        $"{mark.Utc.ToUnixTimeMilliseconds()} {mark.DoubtedSince?.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture) ?? "-"}")));

    private static bool TryParse(string word, out DateTimeOffset time)
    {
        var isTime = long.TryParse(word, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var ms)
            && ms >= DateTimeOffset.MinValue.ToUnixTimeMilliseconds() && ms <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();
        time = isTime ? DateTimeOffset.FromUnixTimeMilliseconds(ms) : default;
        return isTime;
    }
}
