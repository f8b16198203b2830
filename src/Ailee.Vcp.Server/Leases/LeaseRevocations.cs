using System.Threading.Channels;

namespace Ailee.Vcp.Server.Leases;

/// <summary>Leases whose tasks were cancelled, on their way to the node.</summary>
internal sealed class LeaseRevocations
{
    private readonly Channel<IReadOnlyList<Guid>> _revoked = Channel.CreateUnbounded<IReadOnlyList<Guid>>();

    public void Revoke(IReadOnlyList<Guid> leases)
    {
        if (leases.Count > 0)
        {
            _revoked.Writer.TryWrite(leases);
        }
    }

    public async Task<IReadOnlyList<Guid>> WaitAsync(CancellationToken cancellationToken) => await _revoked.Reader.ReadAsync(cancellationToken);
}
