using Ailee.Vcp.Core;

namespace Ailee.Vcp.Server.Auctions;

/// <summary>A node's wait for work, which ends when an auction has something for it. Dispose it when the wait is over.</summary>
internal sealed class AuctionCall : IDisposable
{
    private readonly Lock _lock = new();
    private readonly AuctionFloor _floor;
    private readonly CancellationTokenSource _end;
    private bool _isOver;

    public AuctionCall(NodeId node, AuctionFloor floor, bool wasOnline, CancellationToken cancellationToken)
    {
        (Node, _floor, WasOnline) = (node, floor, wasOnline);
        _end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Token = _end.Token;
    }

    /// <summary>Who waits.</summary>
    public NodeId Node { get; }

    /// <summary>Whether the node could have work when it began to wait.</summary>
    public bool WasOnline { get; }

    /// <summary>Cancelled when the wait is to end.</summary>
    public CancellationToken Token { get; }

    /// <summary>Ends the wait.</summary>
    public void Wake()
    {
        lock (_lock)
        {
            if (!_isOver)
            {
                _end.Cancel();
            }
        }
    }

    public void Dispose()
    {
        _floor.End(this);
        lock (_lock)
        {
            _isOver = true;
            _end.Dispose();
        }
    }
}
