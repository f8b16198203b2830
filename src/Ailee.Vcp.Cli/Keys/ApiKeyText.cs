using System.Globalization;
using System.Text.Json;
using Ailee.Vcp.Client;
using Ailee.Vcp.Client.Keys;

namespace Ailee.Vcp.Cli.Keys;

/// <summary>API keys as text.</summary>
internal static class ApiKeyText
{
    /// <summary>As JSON in one line.</summary>
    public static string Line(KeyView key) => JsonSerializer.Serialize(key, VcpJson.Default.KeyView);

    /// <summary>In one line for people.</summary>
    public static string Row(KeyView key) => $"{key.Id}  {State(key),-28}  {key.Tenant}  {string.Join(',', key.Scopes)}  {key.Name}";

    /// <summary>Prints a key, without its secret unless it is JSON.</summary>
    public static void Print(CliConsole console, KeyView key, bool json) => console.Print(json ? Line(key) : Page(key));

    /// <summary>A time as people read it.</summary>
    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static string Page(KeyView key)
    {
        List<string> lines =
        [
            key.Id,
            $"name       {key.Name}",
            $"tenant     {key.Tenant}",
            $"scopes     {string.Join(", ", key.Scopes)}",
            $"created    {Time(key.CreatedAt)}",
            $"state      {State(key)}",
            $"last used  {(key.UsedAt is { } used ? Time(used) : "never")}",
            .. Limits(key.Limits),
        ];
        if (key.Successor is { } successor)
        {
            lines.Add($"successor  {successor}");
        }

        return string.Join('\n', lines);
    }

    private static string State(KeyView key) =>
        key.RevokedAt is { } revoked ? $"revoked {Time(revoked)}"
        : key.ExpiresAt is { } expires ? $"until {Time(expires)}"
        : "good";

    private static IEnumerable<string> Limits(KeyLimitsView? limits)
    {
        (string Name, long? Value)[] all =
            [("requests a minute", limits?.RequestsPerMinute), ("tasks in flight", limits?.TasksInFlight), ("gas a day", limits?.GasPerDay), ("stored bytes", limits?.StoredBytes)];
        return all.Where(limit => limit.Value is not null).Select(limit => string.Create(CultureInfo.InvariantCulture, $"at most    {limit.Value} {limit.Name}"));
    }
}
