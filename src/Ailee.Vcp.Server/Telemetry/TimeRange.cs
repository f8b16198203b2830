using System.Globalization;
using Ailee.Vcp.Server.Http;

namespace Ailee.Vcp.Server.Telemetry;

/// <summary>The parameters <c>from</c> (included) and <c>to</c> (not included), each RFC 3339 and optional.</summary>
internal readonly record struct TimeRange(DateTimeOffset From, DateTimeOffset To)
{
    private static readonly string[] Formats = ["yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"];

    public static Problem? TryParse(string? from, string? to, out TimeRange range)
    {
        range = default;
        if (!TryTime(from, DateTimeOffset.UnixEpoch, out var first) || !TryTime(to, DateTimeOffset.MaxValue, out var end))
        {
            return Problems.MalformedRequest.Because("from and to must be times of RFC 3339, such as 2026-01-31T12:00:00Z.");
        }

        range = new TimeRange(first, end);
        return first > end ? Problems.MalformedRequest.Because("from must not be after to.") : null;
    }

    // Without an offset a time would be another one on another machine.
    private static bool TryTime(string? text, DateTimeOffset absent, out DateTimeOffset time)
    {
        time = absent;
        return text is null || (text.Length > 19 && (text[^1] == 'Z' || text[^6] is '+' or '-')
            && DateTimeOffset.TryParseExact(text, Formats, CultureInfo.InvariantCulture, DateTimeStyles.None, out time));
    }
}
