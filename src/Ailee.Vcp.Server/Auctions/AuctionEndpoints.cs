using Ailee.Vcp.Client;
using Ailee.Vcp.Client.Mesh;
using Ailee.Vcp.Server.Auth;
using Ailee.Vcp.Server.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Ailee.Vcp.Server.Auctions;

internal static class AuctionEndpoints
{
    private const int MostBidBytes = 1024;

    public static void MapAuctions(this RouteGroupBuilder api) =>
        api.MapPost("/nodes/{id}/bids/{auction:guid}", BidAsync).WithTags("Mesh").ForNodes().Accepts<BidRequest>(MediaTypes.Json)
            .WithMetadata(new RequestSizeLimitAttribute(MostBidBytes))
            .WithSummary("A node's sealed bid in an auction that was offered to it");

    private static async Task<Results<NoContent, ProblemAnswer>> BidAsync(string id, Guid auction, HttpContext context, AuctionBids bids, CancellationToken cancellationToken)
    {
        var (bid, problem) = await context.Request.ReadJsonAsync(VcpJson.Default.BidRequest, cancellationToken);
        problem ??= await bids.TakeAsync(context.CallingNode(), auction, bid!.Price);
        return problem is null ? TypedResults.NoContent() : problem.ToAnswer();
    }
}
