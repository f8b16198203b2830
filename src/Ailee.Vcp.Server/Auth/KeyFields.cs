using System.Globalization;
using Ailee.Vcp.Client.Keys;
using Ailee.Vcp.Server.Http;

namespace Ailee.Vcp.Server.Auth;

/// <summary>Bounds of what is said of a key.</summary>
internal static class KeyFields
{
    /// <summary>Longest grace of a rotation.</summary>
    public const int MostGraceSeconds = 30 * 24 * 3600;

    private const int MostNameCharacters = 64;
    private const long MostSeconds = 10L * 365 * 24 * 3600;
    private const long MostRequests = 100_000_000;

    /// <summary>Reads a request. Null if it is within its bounds, and then the key's members are answered.</summary>
    public static Problem? TryRead(KeyRequest request, DateTimeOffset now, out (string Tenant, Scope Scopes, DateTimeOffset? ExpiresAt, KeyLimits Limits) key)
    {
        var tenant = request.Tenant ?? request.Name;
        var scopes = Scopes.Parse(request.Scopes);
        var expires = request.ExpiresAt ?? (request.ExpiresInSeconds is > 0 and <= MostSeconds and var seconds ? now.AddSeconds(seconds) : null);
        key = (tenant, scopes ?? Scope.None, expires, ToLimits(request.Limits));
        return !IsName(request.Name) ? Wrong($"name must be 1 to {MostNameCharacters} printable characters.")
            : Tenants.Check(tenant) is { } fault ? Wrong(request.Tenant is null ? $"The name is no tenant's, so give one: it {fault}." : $"tenant {fault}.")
            : scopes is null ? Wrong($"scopes must be at least one of {string.Join(", ", Scopes.All)}.")
            : request is { ExpiresAt: not null, ExpiresInSeconds: not null } ? Wrong("Give expiresAt or expiresInSeconds, not both.")
            : request.ExpiresInSeconds is < 1 or > MostSeconds ? Wrong($"expiresInSeconds must be between 1 and {MostSeconds}.")
            : expires <= now ? Wrong("expiresAt must be in the future.")
            : CheckLimits(key.Limits);
    }

    /// <summary>Null if a grace is within its bounds.</summary>
    public static Problem? CheckGrace(int seconds) => seconds is < 0 or > MostGraceSeconds ? Wrong($"graceSeconds must be between 0 and {MostGraceSeconds}.") : null;

    private static Problem? CheckLimits(KeyLimits limits) =>
        limits.RequestsPerMinute is < 1 or > MostRequests ? Wrong($"limits.requestsPerMinute must be between 1 and {MostRequests}.")
        : limits.TasksInFlight < 0 ? Wrong("limits.tasksInFlight must not be negative.")
        : limits.GasPerDay < 0 ? Wrong("limits.gasPerDay must not be negative.")
        : limits.StoredBytes < 0 ? Wrong("limits.storedBytes must not be negative.")
        : null;

    private static KeyLimits ToLimits(KeyLimitsView? limits) =>
        limits is null ? KeyLimits.None : new KeyLimits(limits.RequestsPerMinute, limits.TasksInFlight, limits.GasPerDay, limits.StoredBytes);

    private static bool IsName(string name) => name.Length is > 0 and <= MostNameCharacters && !name.Any(c => char.IsControl(c) || char.IsSurrogate(c) || IsUnseen(c)) && name.Trim() == name;

    // What only turns the text around it, or separates lines, makes one name look like another.
    private static bool IsUnseen(char c) =>
        char.GetUnicodeCategory(c) is UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.OtherNotAssigned or UnicodeCategory.PrivateUse;

    private static Problem Wrong(string detail) => Problems.KeyInvalid.Because(detail);
}
