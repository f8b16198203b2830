using Ailee.Vcp.Client.Nodes;
using Ailee.Vcp.Client.Tasks;
using Ailee.Vcp.Core;
using Ailee.Vcp.Crash.Nodes;

namespace Ailee.Vcp.Crash.Steps;

/// <summary>Nodes come, work, misbehave and go.</summary>
internal static class NodeSteps
{
    private static readonly string[] Owners = ["ann", "bob", "cat"];
    private static readonly TaskAssurance TwoOfTwo = new() { Mode = AssuranceModes.Quorum, Replicas = 2, Quorum = 2 };
    private static readonly TaskAssurance TwoOfThree = new() { Mode = AssuranceModes.Quorum, Replicas = 3, Quorum = 2 };

    public static IReadOnlyList<Step> List { get; } =
    [
        new("join", async (world, end) => await JoinAsync(world, end)),
        new("session", async (world, end) => await world.NodeAsync("ann", end)) { Prepare = async (world, end) => await world.NodeAsync("ann", end) },
        new("heartbeat", HeartbeatAsync) { Prepare = HonestAsync },
        new("quorum", (world, end) => DecideAsync(world, TwoOfTwo, null, end)) { Prepare = HonestAsync },
        new("divergence", (world, end) => DecideAsync(world, TwoOfThree, null, end)) { Prepare = WithLiarAsync },
        new("audit", AuditAsync) { Prepare = HonestAsync },
        new("auction", (world, end) => DecideAsync(world, null, "lowest-bid", end)) { Prepare = HonestAsync },
        new("quarantine", QuarantineAsync) { Prepare = SpareAsync },
        new("removal", RemoveAsync) { Prepare = SpareAsync },
    ];

    private static async Task JoinAsync(World world, CancellationToken end)
    {
        var node = world.NewNode("eve");
        await world.JoinAsync(node, end);
        await node.StartSessionAsync(world.Http, end);
    }

    private static async Task HonestAsync(World world, CancellationToken end)
    {
        await Requests.PrepareAsync(world, end);
        foreach (var owner in Owners)
        {
            await world.NodeAsync(owner, end);
        }
    }

    // A liar that was put aside is followed by another.
    private static async Task WithLiarAsync(World world, CancellationToken end)
    {
        await HonestAsync(world, end);
        var liar = await world.NodeAsync(ActingNode.Liar, end);
        if ((await world.Client.GetNodeAsync(liar.Id, end)).State != "online")
        {
            liar.IsGone = true;
            await world.NodeAsync(ActingNode.Liar, end);
        }
    }

    private static async Task SpareAsync(World world, CancellationToken end)
    {
        await HonestAsync(world, end);
        await world.NodeAsync("eve", end);
    }

    private static async Task HeartbeatAsync(World world, CancellationToken end)
    {
        foreach (var owner in Owners)
        {
            await world.Nodes.First(node => node.Owner == owner).HeartbeatAsync(world.Http, end);
        }
    }

    private static async Task DecideAsync(World world, TaskAssurance? assurance, string? strategy, CancellationToken end)
    {
        var task = await world.SubmitAsync(await Requests.FarAsync(world, assurance, strategy, end), null, end);
        await world.WorkUntilAsync(async token => TaskStates.IsFinal((await world.LookAsync(task, null, token)).State), end);
    }

    private static async Task AuditAsync(World world, CancellationToken end)
    {
        var task = await world.SubmitAsync(await Requests.FarAsync(world, null, null, end), null, end);
        await world.WorkUntilAsync(async token => await world.LookAsync(task, null, token) is { Audit: { State: not "due" } }, end);
    }

    private static async Task QuarantineAsync(World world, CancellationToken end)
    {
        var node = Spare(world);
        // It holds a lease that is taken from it.
        await world.SubmitAsync(await Requests.FarAsync(world, TwoOfTwo, null, end), null, end);
        await StandAsync(world, node.Id, "quarantined", () => world.Client.QuarantineNodeAsync(node.Id, "crash test", end));
        await StandAsync(world, node.Id, "active", () => world.Client.ReleaseNodeAsync(node.Id, end));
        await StandAsync(world, node.Id, "draining", () => world.Client.DrainNodeAsync(node.Id, end));
        await StandAsync(world, node.Id, "active", () => world.Client.ReleaseNodeAsync(node.Id, end));
    }

    private static async Task RemoveAsync(World world, CancellationToken end)
    {
        var node = Spare(world);
        node.IsGone = true;
        await StandAsync(world, node.Id, "removed", () => world.Client.RemoveNodeAsync(node.Id, "crash test", end));
    }

    private static ActingNode Spare(World world) => world.Nodes.First(node => node is { Owner: "eve", IsGone: false });

    private static async Task StandAsync(World world, NodeId node, string standing, Func<Task<NodeView>> change)
    {
        world.Known.Standings[node] = null;
        await change();
        world.Known.Standings[node] = standing;
    }
}
