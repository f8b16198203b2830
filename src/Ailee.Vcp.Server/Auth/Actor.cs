using Ailee.Vcp.Server.Storage;

namespace Ailee.Vcp.Server.Auth;

/// <summary>Who does something that the audit trail tells.</summary>
/// <param name="Caller">Who.</param>
/// <param name="Remote">From where; null for nowhere.</param>
internal sealed record Actor(Caller Caller, string? Remote)
{
    /// <summary>Writes down what is done, in the transaction that does it.</summary>
    /// <param name="transaction">The transaction.</param>
    /// <param name="kind">What, one of <see cref="AuditKinds"/>.</param>
    /// <param name="subject">What it is done with.</param>
    /// <param name="detail">More, for people to read. Never a secret.</param>
    /// <param name="now">When.</param>
    public void Record(IWriteTransaction transaction, string kind, string? subject, string? detail, DateTimeOffset now) =>
        AuditEvents.Add(transaction, new AuditEvent(kind, Caller.Actor, now) { Remote = Remote, Subject = subject, Detail = detail });
}
