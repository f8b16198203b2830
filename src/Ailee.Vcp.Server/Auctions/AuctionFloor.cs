using Ailee.Vcp.Client.Mesh;
using Ailee.Vcp.Core;
using Ailee.Vcp.Server.Clocks;
using Ailee.Vcp.Server.Dispatch;
using Ailee.Vcp.Server.Nodes;

namespace Ailee.Vcp.Server.Auctions;

/// <summary>
/// Where nodes meet auctions: what is offered, what was awarded, and who waits to hear of it. Memory only, a cache of rows: after a restart
/// every auction is looked at again. Thread-safe; nothing under its lock waits.
/// </summary>
internal sealed class AuctionFloor
{
    /// <summary>Most offers in one answer; the next has the others.</summary>
    public const int MostOffers = 256;

    private readonly Lock _lock = new();
    private readonly Dictionary<TaskId, Sale> _sales = [];
    private readonly SortedSet<Sale> _open = new(Comparer<Sale>.Create((first, second) => first.Sequence.CompareTo(second.Sequence)));
    private readonly Dictionary<NodeId, HashSet<Sale>> _awards = [];
    private readonly Dictionary<NodeId, (Guid Request, long From, long To)> _offered = [];
    private readonly Dictionary<NodeId, AuctionCall> _calls = [];
    private readonly NodeRegistry _registry;
    private readonly AuctionAlarm _alarm;
    private readonly ServerClock _clock;
    private long _sequence;

    public AuctionFloor(NodeRegistry registry, AuctionAlarm alarm, ServerClock clock)
    {
        (_registry, _alarm, _clock) = (registry, alarm, clock);
        registry.Changed += Changed;
    }

    /// <summary>Has the auction of a task looked at that needs leases.</summary>
    public void Look(TaskId task) => _alarm.Look(task);

    /// <summary>Has the auction of a task looked at, if there is one: the task needs nothing now.</summary>
    public void Ended(TaskId task)
    {
        if (Knows(task))
        {
            _alarm.Look(task);
        }
    }

    /// <summary>Whether a task's auction was looked at since the start.</summary>
    public bool Knows(TaskId task)
    {
        lock (_lock)
        {
            return _sales.ContainsKey(task);
        }
    }

    /// <summary>How many awards a node has that it did not take yet.</summary>
    public int Awards(NodeId node)
    {
        lock (_lock)
        {
            return _awards.TryGetValue(node, out var sales) ? sales.Count : 0;
        }
    }

    /// <summary>Whether a node may bid for a task; true also for one of which nothing is known here, whose bids are held against it later.</summary>
    public bool MayBid(TaskId task, LiveNode node)
    {
        lock (_lock)
        {
            return !_sales.TryGetValue(task, out var sale) || sale.Lot.MayBid(node, _clock.Now);
        }
    }

    /// <summary>Takes in how an auction stands.</summary>
    public void Set(Lot lot, Auction? auction)
    {
        List<AuctionCall> woken = [];
        lock (_lock)
        {
            var before = Remove(lot.Task);
            var isOffered = auction is { IsOpen: true } && auction.OpensAt <= _clock.Now.Utc;
            var isNew = isOffered && (before is null || before.Sequence == 0 || before.Auction!.Round != auction!.Round);
            var sale = new Sale(lot, auction, !isOffered ? 0 : isNew ? ++_sequence : before!.Sequence);
            _sales.Add(lot.Task, sale);
            if (isOffered)
            {
                _open.Add(sale);
                sale.Expected.UnionWith(_registry.All().Where(node => lot.MayBid(node, _clock.Now)).Select(node => node.Id));
                sale.Expected.ExceptWith(auction!.Standing.Select(bid => bid.Node));
                woken.AddRange(isNew ? _calls.Where(call => sale.Expected.Contains(call.Key)).Select(call => call.Value) : []);
            }

            foreach (var award in auction?.Awards ?? [])
            {
                if (!_awards.TryGetValue(award.Node, out var sales))
                {
                    _awards.Add(award.Node, sales = []);
                }

                sales.Add(sale);
                woken.AddRange(_calls.TryGetValue(award.Node, out var call) ? [call] : []);
            }
        }

        woken.ForEach(call => call.Wake());
    }

    /// <summary>Forgets a task that needs nothing any more.</summary>
    public void Forget(TaskId task)
    {
        lock (_lock)
        {
            Remove(task);
        }
    }

    /// <summary>A node bid. When all have that may, nobody waits for the deadline.</summary>
    public void HasBid(TaskId task, NodeId node)
    {
        lock (_lock)
        {
            if (_sales.TryGetValue(task, out var sale))
            {
                sale.Expected.Remove(node);
                if (sale.Expected.Count == 0)
                {
                    _alarm.Look(task);
                }
            }
        }
    }

    /// <summary>Auctions that a node may bid in and was not told of, apart from the same request before.</summary>
    public IReadOnlyList<AuctionOffer> Offers(NodeId node, Guid request)
    {
        lock (_lock)
        {
            var now = _clock.Now;
            if (_open.Count == 0 || _registry.Find(node) is not { } live || live.State(now) != NodeStates.Online)
            {
                return [];
            }

            var (before, from, to) = _offered.GetValueOrDefault(node);
            from = before == request ? from : to;
            List<AuctionOffer> offers = [];
            foreach (var sale in _open.GetViewBetween(Sale.At(from + 1), Sale.At(long.MaxValue)))
            {
                if (offers.Count == MostOffers)
                {
                    break;
                }

                to = sale.Sequence;
                if (sale.Auction!.Deadline > now.Utc && sale.Lot.MayBid(live, now))
                {
                    offers.Add(new AuctionOffer(sale.Auction.Round, sale.Auction.Deadline, sale.Lot.Demand.Instructions, sale.Lot.Demand.MemoryBytes));
                }
            }

            _offered[node] = (request, from, to);
            return offers;
        }
    }

    /// <summary>Takes awards of a node, to be granted. Whatever comes of it, <see cref="Look"/> at them afterwards.</summary>
    public IReadOnlyList<Assignment> TakeAwards(NodeId node, int most)
    {
        lock (_lock)
        {
            if (!_awards.TryGetValue(node, out var sales) || _registry.Find(node)?.State(_clock.Now) != NodeStates.Online)
            {
                return [];
            }

            var taken = sales.OrderBy(sale => sale.Lot.Task.CreatedAt).Take(most).ToList();
            taken.ForEach(sale => RemoveAward(node, sale));
            return taken.ConvertAll(sale => AwardReasons.Assign(sale.Lot, sale.Auction!, node, _registry));
        }
    }

    /// <summary>Begins a wait of a node: it ends when there is something for it here. The node's wait before ends hearing of it.</summary>
    public AuctionCall Listen(NodeId node, CancellationToken cancellationToken)
    {
        var call = new AuctionCall(node, this, _registry.Find(node)?.State(_clock.Now) == NodeStates.Online, cancellationToken);
        lock (_lock)
        {
            _calls[node] = call;
        }

        return call;
    }

    /// <summary>Ends a wait.</summary>
    public void End(AuctionCall call)
    {
        lock (_lock)
        {
            if (_calls.GetValueOrDefault(call.Node) == call)
            {
                _calls.Remove(call.Node);
            }
        }
    }

    // Runs within the registry's lock. A node that comes back while it waits may be waited for here.
    private void Changed(LiveNode node)
    {
        AuctionCall? call;
        lock (_lock)
        {
            if ((_open.Count == 0 && _awards.Count == 0) || !_calls.TryGetValue(node.Id, out call) || call.WasOnline || node.State(_clock.Now) != NodeStates.Online)
            {
                return;
            }
        }

        call.Wake();
    }

    private Sale? Remove(TaskId task)
    {
        if (_sales.Remove(task, out var sale))
        {
            _open.Remove(sale);
            foreach (var award in sale.Auction?.Awards ?? [])
            {
                RemoveAward(award.Node, sale);
            }
        }

        return sale;
    }

    private void RemoveAward(NodeId node, Sale sale)
    {
        if (_awards.TryGetValue(node, out var sales) && sales.Remove(sale) && sales.Count == 0)
        {
            _awards.Remove(node);
        }
    }

    /// <summary>An auction as it stands.</summary>
    private sealed class Sale(Lot lot, Auction? auction, long sequence)
    {
        public Lot Lot { get; } = lot;

        public Auction? Auction { get; } = auction;

        /// <summary>Counts the rounds that were offered; 0 if none is open.</summary>
        public long Sequence { get; } = sequence;

        /// <summary>Nodes that may bid and did not yet.</summary>
        public HashSet<NodeId> Expected { get; } = [];

        /// <summary>A place in the order of rounds.</summary>
        public static Sale At(long sequence) => new(null!, null, sequence);
    }
}
