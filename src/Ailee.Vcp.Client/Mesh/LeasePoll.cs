using System.Text.Json.Serialization;

namespace Ailee.Vcp.Client.Mesh;

/// <summary>Asks for work.</summary>
/// <param name="Request">Names the request: the same one again gets the leases that it got the first time and that have not ended.</param>
/// <param name="Most">How many leases the node can take. Range 1 to 1024.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record LeasePoll(Guid Request, int Most);

/// <summary>Work.</summary>
/// <param name="Leases">Leases, none if the wait was over before there was work.</param>
/// <param name="Revoked">As in <see cref="HeartbeatReply"/>.</param>
/// <param name="Auctions">Tasks that the node may bid for.</param>
public sealed record LeaseGrant(IReadOnlyList<LeaseOffer> Leases, IReadOnlyList<Guid> Revoked, IReadOnlyList<AuctionOffer> Auctions);

/// <summary>A task that goes to the lowest bidders.</summary>
/// <param name="Auction">Names it.</param>
/// <param name="Deadline">Bids after this are not looked at.</param>
/// <param name="Instructions">Most instructions that the task may use.</param>
/// <param name="MemoryBytes">Most linear memory that it may use.</param>
public sealed record AuctionOffer(Guid Auction, DateTimeOffset Deadline, long Instructions, long MemoryBytes);

/// <summary>A sealed bid. A later one of the same node takes its place until the deadline.</summary>
/// <param name="Price">Unit: micro-credits for 10^6 gas. Range 0 to 10^12.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record BidRequest(long Price);
