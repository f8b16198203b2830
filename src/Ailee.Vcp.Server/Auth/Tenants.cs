namespace Ailee.Vcp.Server.Auth;

/// <summary>Names of tenants.</summary>
internal static class Tenants
{
    /// <summary>What a name is, for messages.</summary>
    public const string Form = "1 to 63 of a-z, 0-9, '.', '_' and '-', the first a letter or digit";

    private const int MostCharacters = 63;

    // Who calls without a key, who runs tasks again to see whether they are right, an account of the ledger, and who is no tenant.
    private static readonly string[] Reserved = ["local", "audit", "treasury", "nobody"];

    /// <summary>Why a key or a token cannot be of a tenant of this name; null if it can.</summary>
    public static string? Check(string name) =>
        name.Length is 0 or > MostCharacters || !char.IsAsciiLetterOrDigit(name[0]) || !name.All(IsAllowed) ? $"must be {Form}"
        : Reserved.Contains(name) ? "is reserved"
        : null;

    private static bool IsAllowed(char c) => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '.' or '_' or '-';
}
