namespace Ailee.Vcp.Server.Auth;

/// <summary>What is kept of who called.</summary>
public sealed class AuthOptions
{
    /// <summary>Configuration section.</summary>
    public const string Section = "Auth";

    /// <summary>How long the audit trail is kept. Unit: days. Default 400. Range 1 to 36 500.</summary>
    public int AuditDays { get; set; } = 400;

    /// <summary>Every problem of these values, each naming its configuration key.</summary>
    public IEnumerable<string> Problems() => AuditDays is < 1 or > 36_500 ? [$"{Section}:{nameof(AuditDays)} must be between 1 and 36500."] : [];
}
