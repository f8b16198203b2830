using System.Globalization;
using Ailee.Vcp.Server.Overload;

namespace Ailee.Vcp.Server.Http;

/// <summary>How long a client wants an answer held back: <c>Prefer: wait=N</c> (RFC 7240 §4.3) or <c>?wait=N</c>, at most 60 seconds.</summary>
internal static class WaitPreference
{
    private const int MaxSeconds = 60;

    /// <summary>The wait of the Prefer header, which the answer then says was applied; null if it asks for none, or if too many wait already.</summary>
    public static TimeSpan? ApplyWait(this HttpContext context)
    {
        var wait = FromPrefer(context.Request);
        if (wait > TimeSpan.Zero && context.TryWait() is not null)
        {
            return null;
        }

        if (wait is { } duration)
        {
            context.Response.Headers["Preference-Applied"] = string.Create(CultureInfo.InvariantCulture, $"wait={(int)duration.TotalSeconds}");
        }

        return wait;
    }

    /// <summary>The wait of the Prefer header; null if it asks for none. Preferences that cannot be met are ignored, as the RFC says.</summary>
    private static TimeSpan? FromPrefer(HttpRequest request)
    {
        foreach (var preference in request.Headers.GetCommaSeparatedValues("Prefer"))
        {
            var parts = preference.Split(';')[0].Split('=', 2, StringSplitOptions.TrimEntries);
            if (parts is ["wait", var value] && int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
            {
                return TimeSpan.FromSeconds(Math.Min(seconds, MaxSeconds));
            }
        }

        return null;
    }

    /// <summary>A problem if the query parameter is out of range.</summary>
    public static Problem? FromQuery(int? wait, out TimeSpan duration)
    {
        duration = TimeSpan.FromSeconds(wait ?? 0);
        return wait is < 0 or > MaxSeconds ? Problems.MalformedRequest.Because($"wait must be between 0 and {MaxSeconds} seconds.") : null;
    }
}
