using Ailee.Vcp.Core;
using Ailee.Vcp.Server.Leases;

namespace Ailee.Vcp.Server.Tests.Leases;

/// <summary>How long leases run.</summary>
public sealed class LeaseTableTests
{
    private static readonly TimeSpan Start = TimeSpan.FromHours(1);
    private static readonly NodeId Node = new(Digest.Of("node"u8));

    private readonly LeaseTable _leases = new();

    [Fact]
    public void Renew_AgainAndAgain_ExpiresAtTheLatest()
    {
        var lease = Add(After(30), latest: After(100));

        for (var second = 5; second < 95; second += 5)
        {
            Assert.Empty(_leases.Renew(Node, [lease], After(second + 30)));
        }

        Assert.Empty(_leases.Expired(After(99)));
        Assert.Equal(lease, Assert.Single(_leases.Expired(After(100))).Id);
    }

    [Fact]
    public void Renew_NotItsOwnOrEnded_Told()
    {
        var (ended, foreign) = (Add(Start, Start), Add(Start, Start, new NodeId(Digest.Of("other"u8))));
        _leases.Remove(ended);
        var unknown = Guid.NewGuid();

        Assert.Equal([ended, foreign, unknown], _leases.Renew(Node, [ended, foreign, unknown], After(1)));
        Assert.Equal(foreign, Assert.Single(_leases.Expired(Start)).Id);
    }

    [Fact]
    public void Expired_OfTheProcessItself_Never()
    {
        _leases.Add(new RunningLease(Guid.NewGuid(), TaskId.Create(DateTimeOffset.UnixEpoch), Node), null, Start);

        Assert.Empty(_leases.Expired(TimeSpan.MaxValue));
    }

    [Fact]
    public void Ended_RemovedAndRevoked_ToldOnceEach()
    {
        var told = 0;
        _leases.Ended += _ => told++;
        var (removed, revoked) = (Add(Start, Start), Add(Start, Start));

        _leases.Remove(removed);
        _leases.Remove(removed);
        _leases.Revoke(revoked);
        _leases.Revoke(revoked);

        Assert.Equal((2, 0), (told, _leases.Count(Node)));
        Assert.Equal([revoked], _leases.TakeRevoked(Node));
        Assert.Empty(_leases.TakeRevoked(Node));
    }

    private static TimeSpan After(int seconds) => Start + TimeSpan.FromSeconds(seconds);

    private Guid Add(TimeSpan until, TimeSpan latest, NodeId? node = null)
    {
        var lease = Guid.NewGuid();
        _leases.Add(new RunningLease(lease, TaskId.Create(DateTimeOffset.UnixEpoch), node ?? Node), until, latest);
        return lease;
    }
}
