namespace Ailee.Vcp.Server.Auth;

/// <summary>Something that was done, or tried.</summary>
/// <param name="Kind">What, one of <see cref="AuditKinds"/>.</param>
/// <param name="Actor">Who.</param>
/// <param name="At">When.</param>
internal sealed record AuditEvent(string Kind, string Actor, DateTimeOffset At)
{
    /// <summary>From where.</summary>
    public string? Remote { get; init; }

    /// <summary>What it was done with.</summary>
    public string? Subject { get; init; }

    /// <summary>More, for people to read.</summary>
    public string? Detail { get; init; }
}

/// <summary>Kinds of events. docs/operations/access.md is held equal to them by a test.</summary>
internal static class AuditKinds
{
    public const string ServerStarted = "server.started";
    public const string ServerRestored = "server.restored";
    public const string KeyCreated = "key.created";
    public const string KeyRotated = "key.rotated";
    public const string KeyRevoked = "key.revoked";
    public const string KeyReset = "key.reset";
    public const string AuthFailed = "auth.failed";
    public const string AuthExpired = "auth.expired";
    public const string AuthRevoked = "auth.revoked";
    public const string AuthDenied = "auth.denied";
    public const string NodeToken = "node.token";
    public const string NodeDrained = "node.drained";
    public const string NodeQuarantined = "node.quarantined";
    public const string NodeReleased = "node.released";
    public const string NodeRemoved = "node.removed";
    public const string NodeRotated = "node.rotated";
    public const string ModuleDeleted = "module.deleted";
    public const string BundleDeleted = "bundle.deleted";
    public const string TaskCancelled = "task.cancelled";

    /// <summary>Every kind.</summary>
    public static IReadOnlyList<string> All { get; } = [.. typeof(AuditKinds).GetFields().Where(field => field.IsLiteral).Select(field => (string)field.GetRawConstantValue()!)];
}
