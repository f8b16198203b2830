using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Ailee.Vcp.Client;
using Ailee.Vcp.Client.Mesh;
using Ailee.Vcp.Client.Tasks;
using Ailee.Vcp.Server.Tests.Hosting;

namespace Ailee.Vcp.Server.Tests.Auctions;

/// <summary>Auctions as nodes elsewhere have them.</summary>
public sealed class AuctionEndpointsTests : IAsyncLifetime
{
    private readonly List<JoiningNode> _nodes = [];
    private AuctionBed? _bed;

    private AuctionBed Bed => _bed!;

    public async ValueTask InitializeAsync() => _bed = await AuctionBed.StartAsync();

    [Fact]
    public async Task Poll_OpenRound_OfferedInOneRequestAndInTheSameAgain()
    {
        var (node, other) = (await JoinAsync("ann"), await JoinAsync("bob"));
        var id = await Bed.SubmitAsync();
        var round = Bed.Find(id)!;
        var request = Guid.NewGuid();

        var offer = Assert.Single((await PollAsync(node, request)).Auctions);

        Assert.Equal((round.Round, round.Deadline, 1_000_000_000_000L, 16777216L), (offer.Auction, offer.Deadline, offer.Instructions, offer.MemoryBytes));
        Assert.Equal(offer, Assert.Single((await PollAsync(node, request)).Auctions));
        Assert.Empty((await PollAsync(node, Guid.NewGuid())).Auctions);
        Assert.Equal(offer, Assert.Single((await PollAsync(other, Guid.NewGuid())).Auctions));
    }

    [Fact]
    public async Task Poll_WhileItWaits_WokenByARoundAndByAnAward()
    {
        var node = await JoinAsync("ann");
        var offered = PollAsync(node, Guid.NewGuid(), wait: 30);
        var id = await Bed.SubmitOpenAsync();
        var offer = Assert.Single((await offered).Auctions);
        var leased = PollAsync(node, Guid.NewGuid(), wait: 30);

        Assert.Equal(HttpStatusCode.NoContent, (await BidAsync(node, offer.Auction, """{"price":7}""")).StatusCode);

        Assert.Equal(id.ToString(), Assert.Single((await leased).Leases).Task);
        Assert.Equal(7, Assert.Single((await Bed.Server.Client.GetTaskAsync(id, null, default)).Attempts).Price);
    }

    [Fact]
    public async Task Poll_NodeThatMayNotHaveIt_IsNotOfferedAndItsBidIsRefused()
    {
        var (node, priceless) = (await JoinAsync("ann"), await JoinAsync("bob"));
        Bed.SetPrice(priceless.Id, null);
        var id = await Bed.SubmitAsync(selection: new TaskSelection { Labels = new Dictionary<string, string> { ["zone"] = "south" } });

        Assert.Empty((await PollAsync(node, Guid.NewGuid())).Auctions);
        Assert.Empty((await PollAsync(priceless, Guid.NewGuid())).Auctions);
        await BidAsync(node, Bed.Find(id)!.Round, """{"price":7}""").ProblemAsync("bid-not-eligible");
        Assert.Empty(Bed.Find(id)!.Bids);
    }

    [Fact]
    public async Task Bid_TwiceOtherAndLate_TheLastInTimeCounts()
    {
        var (node, _) = (await JoinAsync("ann"), await JoinAsync("silent"));
        var id = await Bed.SubmitAsync();
        var round = Bed.Find(id)!.Round;

        foreach (var price in (int[])[9, 9, 4])
        {
            Assert.Equal(HttpStatusCode.NoContent, (await BidAsync(node, round, $$"""{"price":{{price}}}""")).StatusCode);
        }

        await Bed.CloseAsync(id);
        await BidAsync(node, round, """{"price":3}""").ProblemAsync("auction-closed");
        // The answer to the bid that counts may have been lost.
        Assert.Equal(HttpStatusCode.NoContent, (await BidAsync(node, round, """{"price":4}""")).StatusCode);
        Assert.Equal(4, Assert.Single((await Bed.ExplainAsync(id)).Bids).Price);
    }

    [Theory]
    [InlineData("""{"price":-1}""", "bid-invalid")]
    [InlineData("""{"price":1000000000001}""", "bid-invalid")]
    [InlineData("""{"price":9223372036854775808}""", "malformed-json")]
    [InlineData("""{"price":1.5}""", "malformed-json")]
    [InlineData("""{"price":"1"}""", "malformed-json")]
    [InlineData("""{"price":1,"extra":1}""", "malformed-json")]
    [InlineData("null", "malformed-json")]
    public async Task Bid_Malformed_Refused(string body, string code)
    {
        var (node, _) = (await JoinAsync("ann"), await JoinAsync("silent"));
        var id = await Bed.SubmitAsync();

        await BidAsync(node, Bed.Find(id)!.Round, body).ProblemAsync(code);

        Assert.Empty(Bed.Find(id)!.Bids);
    }

    [Fact]
    public async Task Bid_NotTheNodesOwnOrNowhere_Refused()
    {
        var (node, other) = (await JoinAsync("ann"), await JoinAsync("bob"));
        var id = await Bed.SubmitAsync();
        var round = Bed.Find(id)!.Round;

        await node.Http.PostAsync($"api/v1/nodes/{other.Id}/bids/{round}", """{"price":1}""", MediaTypes.Json).ProblemAsync("not-your-node");
        await Bed.Server.Http.PostAsync($"api/v1/nodes/{other.Id}/bids/{round}", """{"price":1}""", MediaTypes.Json).ProblemAsync("session-ended");
        await BidAsync(node, Guid.NewGuid(), """{"price":1}""").ProblemAsync("auction-not-found");
        Assert.Empty(Bed.Find(id)!.Bids);
    }

    public async ValueTask DisposeAsync()
    {
        _nodes.ForEach(node => node.Dispose());
        await Bed.DisposeAsync();
    }

    private async Task<JoiningNode> JoinAsync(string owner)
    {
        var node = await JoiningNode.EnrolledAsync(Bed.Server, owner);
        _nodes.Add(node);
        node.Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", (await node.StartAsync()).Token);
        Bed.SetPrice(node.Id, 7);
        return node;
    }

    private static async Task<LeaseGrant> PollAsync(JoiningNode node, Guid request, int wait = 0)
    {
        using var response = await node.Http.PostAsync($"api/v1/nodes/{node.Id}/leases?wait={wait}", JsonContent.Create(new LeasePoll(request, 1), VcpJson.Default.LeasePoll));
        return await JoiningNode.ReadAsync(response, VcpJson.Default.LeaseGrant);
    }

    private static Task<HttpResponseMessage> BidAsync(JoiningNode node, Guid auction, string body) =>
        node.Http.PostAsync($"api/v1/nodes/{node.Id}/bids/{auction}", body, MediaTypes.Json);
}
