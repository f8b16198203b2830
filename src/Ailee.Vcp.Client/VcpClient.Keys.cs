using System.Globalization;
using System.Net.Http.Json;
using Ailee.Vcp.Client.Keys;

namespace Ailee.Vcp.Client;

/// <summary>API keys and the audit trail, for administrators.</summary>
public sealed partial class VcpClient
{
    /// <summary>Makes a key. The answer is the only one with its secret.</summary>
    public Task<KeyView> CreateKeyAsync(KeyRequest request, CancellationToken cancellationToken) =>
        SendAsync(
            new HttpRequestMessage(HttpMethod.Post, Root + "keys") { Content = JsonContent.Create(request, VcpJson.Default.KeyRequest) },
            VcpJson.Default.KeyView,
            cancellationToken);

    /// <summary>Lists keys, newest first, revoked ones too.</summary>
    public Task<Page<KeyView>> ListKeysAsync(int? limit, string? after, CancellationToken cancellationToken) =>
        SendAsync(Get($"keys{Query(("limit", limit?.ToString(CultureInfo.InvariantCulture)), ("after", after))}"), VcpJson.Default.PageKeyView, cancellationToken);

    /// <summary>One key.</summary>
    public Task<KeyView> GetKeyAsync(string id, CancellationToken cancellationToken) =>
        SendAsync(Get($"keys/{Uri.EscapeDataString(id)}"), VcpJson.Default.KeyView, cancellationToken);

    /// <summary>Makes a key that takes the place of another, and revokes that one at once or after a grace. The answer is the only one with the new secret.</summary>
    public Task<KeyView> RotateKeyAsync(string id, KeyRotationRequest request, CancellationToken cancellationToken) =>
        SendAsync(
            new HttpRequestMessage(HttpMethod.Post, $"{Root}keys/{Uri.EscapeDataString(id)}/rotate") { Content = JsonContent.Create(request, VcpJson.Default.KeyRotationRequest) },
            VcpJson.Default.KeyView,
            cancellationToken);

    /// <summary>Revokes a key. Safe to repeat.</summary>
    public Task<KeyView> RevokeKeyAsync(string id, CancellationToken cancellationToken) =>
        SendAsync(new HttpRequestMessage(HttpMethod.Delete, $"{Root}keys/{Uri.EscapeDataString(id)}"), VcpJson.Default.KeyView, cancellationToken);

    /// <summary>The audit trail, newest first.</summary>
    /// <param name="kind">Only events of this kind; null for all.</param>
    /// <param name="actor">Only events of this key's id, or of whoever has exactly this name; null for all.</param>
    /// <param name="limit">Most events.</param>
    /// <param name="after">The <c>next</c> of the page before.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public Task<Page<AuditEventView>> ListAuditAsync(string? kind, string? actor, int? limit, string? after, CancellationToken cancellationToken) =>
        SendAsync(
            Get($"audit{Query(("kind", kind), ("actor", actor), ("limit", limit?.ToString(CultureInfo.InvariantCulture)), ("after", after))}"),
            VcpJson.Default.PageAuditEventView,
            cancellationToken);
}
