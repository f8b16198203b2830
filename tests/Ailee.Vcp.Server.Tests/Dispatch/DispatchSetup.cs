using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Nodes;
using Ailee.Vcp.Server.Dispatch;
using Ailee.Vcp.Server.Tests.Hosting;

namespace Ailee.Vcp.Server.Tests.Dispatch;

/// <summary>A dispatcher with a clock that is moved by hand, and short ways to make nodes and demands.</summary>
internal sealed class DispatchSetup : IDisposable
{
    public static readonly DateTimeOffset Start = new WrongTime().GetUtcNow();

    public DispatchSetup() => Dispatcher = new Dispatcher(Time);

    public WrongTime Time { get; } = new();

    public Dispatcher Dispatcher { get; }

    public static NodeId NodeOf(int number) => new(Digest.Of(BitConverter.GetBytes(number)));

    public static OwnerId OwnerOf(int number) => OwnerId.Parse($"owner-{number}");

    public static TaskId TaskOf(int number) => new(new Guid(number, 0, 0, [0, 0, 0, 0, 0, 0, 0, 0]));

    /// <summary>A node that is like any other, each with an owner of its own.</summary>
    public static DispatchNode Make(int number) =>
        new(NodeOf(number), OwnerOf(number), "x64", 1 << 20, 1, new Dictionary<string, string>(), 0.8, 0.5, 10, Accepts: true);

    public static Demand Ask(int task, string submitter = "alice", int priority = 5, int count = 1) =>
        new() { Task = TaskOf(task), Submitter = submitter, Priority = priority, Count = count };

    public static Demand Ask(int task, SelectionStrategy strategy) => Ask(task) with { Selection = new Selection { Strategy = strategy } };

    public void Add(params IEnumerable<DispatchNode> nodes)
    {
        foreach (var node in nodes)
        {
            Dispatcher.SetNode(node);
        }
    }

    public void Demand(params IEnumerable<Demand> demands)
    {
        foreach (var demand in demands)
        {
            Dispatcher.Demand(demand);
        }
    }

    /// <summary>Begins a poll without an end.</summary>
    public Task<IReadOnlyList<Assignment>> Poll(int node, int most = 1) => Dispatcher.PollAsync(NodeOf(node), most, Timeout.InfiniteTimeSpan, default);

    /// <summary>What is there for a node now.</summary>
    public async Task<IReadOnlyList<Assignment>> TakeAsync(int node, int most = 1) => await Dispatcher.PollAsync(NodeOf(node), most, TimeSpan.Zero, default);

    /// <summary>All tasks that are there for a node, in the order in which it gets them one by one.</summary>
    public async Task<List<TaskId>> DrainAsync(int node)
    {
        List<TaskId> tasks = [];
        while (await TakeAsync(node) is [var assignment])
        {
            tasks.Add(assignment.Task);
        }

        return tasks;
    }

    public void Dispose() => Dispatcher.Dispose();
}
