using Ailee.Vcp.Client.Tasks;
using Ailee.Vcp.Core;
using Ailee.Vcp.Server.Auctions;
using Ailee.Vcp.Server.Nodes;
using Ailee.Vcp.Server.Tests.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace Ailee.Vcp.Server.Tests.Auctions;

/// <summary>A server whose clock stands, whose own node does not work nor bid, and nodes of owners that bid.</summary>
internal sealed class AuctionBed : IAsyncDisposable
{
    public static readonly TimeSpan Round = TimeSpan.FromSeconds(2);
    public static readonly TimeSpan Take = TimeSpan.FromSeconds(30);

    private AuctionBed(FakeTimeProvider time, RunningServer server) => (Time, Server) = (time, server);

    public FakeTimeProvider Time { get; }

    public RunningServer Server { get; private set; }

    public static async Task<AuctionBed> StartAsync(string? directory = null)
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));
        var bed = new AuctionBed(time, await RunningServer.StartAsync(new ServerSetup { NodeWorks = false, Time = time, Directory = directory }));
        bed.SetPrice(bed.Server.Get<Core.Cose.SigningKey>().PublicKey.Id, null);
        return bed;
    }

    /// <summary>A node that is heard of for ever.</summary>
    public async Task<ActingNode> JoinAsync(string owner, long price)
    {
        var node = await ActingNode.JoinAsync(Server, owner);
        SetPrice(node.Id, price);
        return node;
    }

    /// <summary>Sets what a node says that it bids; it is heard of for ever.</summary>
    public void SetPrice(NodeId node, long? price) => Server.Get<NodeRegistry>().Update(
        node, live => live with { Capabilities = live.Capabilities! with { Price = price }, HeardAt = TimeSpan.MaxValue });

    /// <summary>Submits a task and waits until its first round is open; nobody may bid by itself meanwhile.</summary>
    public async Task<TaskId> SubmitAsync(int replicas = 1, TaskSelection? selection = null)
    {
        var id = await SubmitOpenAsync(replicas, selection);
        await UntilAsync(id, auction => auction.IsOpen);
        return id;
    }

    /// <summary>Submits a task.</summary>
    public async Task<TaskId> SubmitOpenAsync(int replicas = 1, TaskSelection? selection = null)
    {
        var request = Calls.Function(await Server.Client.UploadAsync(Guests.Math), "add", 2, 40) with
        {
            Selection = (selection ?? new TaskSelection()) with { Strategy = "lowest-bid" },
            Assurance = replicas == 1 ? null : new TaskAssurance { Mode = "quorum", Replicas = replicas },
        };
        return TaskId.Parse((await Server.Client.SubmitTaskAsync(request, null, null, default)).Id);
    }

    public Auction? Find(TaskId task) => Server.Database.Read(transaction => AuctionStore.Load(transaction, task));

    /// <summary>Waits until a task's auction, and what is told of it, is so.</summary>
    public async Task<Auction> UntilAsync(TaskId task, Func<Auction, bool> condition)
    {
        await LogCalls.UntilAsync(() => Find(task) is { } auction && Server.Get<AuctionFloor>().Knows(task) && condition(auction));
        return Find(task)!;
    }

    /// <summary>Bids, which must count.</summary>
    public async Task BidAsync(TaskId task, ActingNode node, long price) => Assert.Null(await Server.Get<AuctionBids>().TakeAsync(node.Id, Find(task)!.Round, price));

    /// <summary>Lets the open round come to its deadline.</summary>
    public async Task CloseAsync(TaskId task)
    {
        var round = Find(task)!;
        Time.Advance(round.Deadline - Time.GetUtcNow());
        await LogCalls.UntilAsync(() => Find(task) is var auction && (!auction!.IsOpen || auction.Number > round.Number));
    }

    public async Task<AuctionExplanation> ExplainAsync(TaskId task) => (await Server.Client.ExplainTaskAsync(task, default)).Auction!;

    /// <summary>Stops the server and starts another on the same directory; its nodes are heard of, and bid as told.</summary>
    public async Task RestartAsync(params (ActingNode Node, long? Price)[] nodes)
    {
        Server = await Server.RestartAsync();
        SetPrice(Server.Get<Core.Cose.SigningKey>().PublicKey.Id, null);
        foreach (var (node, price) in nodes)
        {
            SetPrice(node.Id, price);
        }
    }

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}
