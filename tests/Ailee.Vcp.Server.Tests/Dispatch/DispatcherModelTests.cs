using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Nodes;
using Ailee.Vcp.Server.Dispatch;
using CsCheck;
using static Ailee.Vcp.Server.Tests.Dispatch.DispatchSetup;

namespace Ailee.Vcp.Server.Tests.Dispatch;

/// <summary>Random calls in random order, against what anybody would keep on paper.</summary>
public sealed class DispatcherModelTests
{
    private const int Nodes = 5;
    private const int Tasks = 6;

    private static readonly Gen<(int Kind, int Node, int Task, int Number)[]> Calls =
        Gen.Select(Gen.Int[0, 7], Gen.Int[0, Nodes - 1], Gen.Int[0, Tasks - 1], Gen.Int[0, 63]).Array[1, 80];

    [Fact]
    public Task Calls_InAnyOrder_LoseAndDoubleNothing() => Calls.SampleAsync(
        async calls =>
        {
            using var setup = new DispatchSetup();
            var paper = new Paper(setup);
            foreach (var call in calls)
            {
                await paper.ApplyAsync(call.Kind, call.Node, call.Task, call.Number);
            }
        },
        iter: 700);

    private sealed class Paper(DispatchSetup setup)
    {
        private static readonly string[] Architectures = ["x64", "arm64"];

        private readonly Dictionary<NodeId, DispatchNode> _nodes = [];
        private readonly Dictionary<TaskId, Open> _open = [];
        private readonly Dictionary<NodeId, (Task<IReadOnlyList<Assignment>> Poll, int Most)> _polls = [];
        private readonly List<(Assignment Assignment, int Version)> _taken = [];
        private int _version;

        public async Task ApplyAsync(int kind, int node, int task, int number)
        {
            var (id, asked) = (NodeOf(node), TaskOf(task));
            switch (kind)
            {
                case 0 or 1:
                    await SetDemandAsync(Random(task, number));
                    break;
                case 2:
                    await PollAsync(id, 1 + (number % 3));
                    break;
                case 3:
                    await SetNodeAsync(Random(node, number, id));
                    break;
                case 4 when _taken.Count > 0:
                    await ReturnAsync(number % _taken.Count);
                    break;
                case 5:
                    setup.Dispatcher.Withdraw(asked);
                    _open.Remove(asked);
                    break;
                case 6:
                    setup.Dispatcher.RemoveNode(id);
                    _nodes.Remove(id);
                    await EndAsync(id);
                    break;
                case 7:
                    setup.Time.Advance(TimeSpan.FromSeconds(number % 4));
                    break;
            }

            await SettleAsync();
        }

        private static Demand Random(int task, int number) => Ask(task, $"s{number % 2}", number % 10, 1 + (number % 3)) with
        {
            Selection = new Selection { Strategy = (SelectionStrategy)(number % 5), Architecture = number % 4 == 0 ? Architectures[number / 32] : null },
            ExcludedOwners = number % 5 == 0 ? new HashSet<OwnerId> { OwnerOf(number % 3) } : new HashSet<OwnerId>(),
            AvoidedNodes = number % 3 == 0 ? new HashSet<NodeId> { NodeOf(number % Nodes) } : new HashSet<NodeId>(),
            Only = number % 11 == 0 ? NodeOf(number % Nodes) : null,
            NotBefore = null,
        };

        // Two of the nodes have one owner.
        private static DispatchNode Random(int node, int number, NodeId id) => Make(node) with
        {
            Id = id,
            Owner = OwnerOf(Math.Max(1, node)),
            Architecture = Architectures[number % 2],
            Health = number / 63.0,
            Slots = 1 + (number % 2),
            Accepts = number % 7 != 0,
        };

        private async Task SetDemandAsync(Demand demand)
        {
            demand = demand.Count % 2 == 0 ? demand with { NotBefore = setup.Time.GetUtcNow().AddSeconds(demand.Priority % 4) } : demand;
            _open[demand.Task] = new Open(demand, ++_version, demand.Only is null ? demand.Count : 1);
            setup.Demand(demand);
            await SettleAsync();
        }

        private async Task PollAsync(NodeId node, int most)
        {
            var before = _polls.Remove(node, out var known) ? known.Poll : null;
            _polls[node] = (setup.Dispatcher.PollAsync(node, most, Timeout.InfiniteTimeSpan, default), most);
            if (before is not null)
            {
                Assert.Empty(await before.WaitAsync(TimeSpan.FromSeconds(30)));
            }
        }

        private Task SetNodeAsync(DispatchNode node)
        {
            _nodes[node.Id] = node;
            setup.Add(node);
            return SettleAsync();
        }

        private Task ReturnAsync(int index)
        {
            var (assignment, version) = _taken[index];
            _taken.RemoveAt(index);
            if (_open.TryGetValue(assignment.Task, out var open) && open.Version == version)
            {
                open.Remaining++;
                open.Owners.Remove(assignment.Owner);
            }

            setup.Dispatcher.Return(assignment);
            return SettleAsync();
        }

        private async Task EndAsync(NodeId node)
        {
            if (_polls.Remove(node, out var known))
            {
                Assert.Empty(await known.Poll.WaitAsync(TimeSpan.FromSeconds(30)));
            }
        }

        /// <summary>Takes down what was assigned; afterwards nobody waits for what is there.</summary>
        private async Task SettleAsync()
        {
            // The dispatcher says how many nodes still wait; the polls of the others end.
            while (_polls.Count(poll => _nodes.TryGetValue(poll.Key, out var node) && node.Accepts) > setup.Dispatcher.Waiting.Nodes)
            {
                var polls = _polls.Where(poll => _nodes.TryGetValue(poll.Key, out var node) && node.Accepts).ToList();
                var ended = await Task.WhenAny(polls.Select(poll => poll.Value.Poll)).WaitAsync(TimeSpan.FromSeconds(30));
                var (id, (_, most)) = polls.Single(poll => poll.Value.Poll == ended);
                _polls.Remove(id);
                var assignments = await ended;
                Assert.InRange(assignments.Count, 1, most);
                foreach (var assignment in assignments)
                {
                    TakeDown(id, assignment);
                }
            }

            var now = setup.Time.GetUtcNow();
            Assert.Equal(_open.Values.Count(open => open.Remaining > 0), setup.Dispatcher.Waiting.Tasks + setup.Dispatcher.Waiting.Delayed);
            foreach (var open in _open.Values.Where(open => open.Remaining > 0 && !(open.Demand.NotBefore > now)))
            {
                Assert.DoesNotContain(_polls.Keys, id => _nodes.TryGetValue(id, out var node) && open.MayHave(node, _nodes.Values));
            }
        }

        private void TakeDown(NodeId id, Assignment assignment)
        {
            var open = _open[assignment.Task];
            Assert.Equal(id, assignment.Node);
            Assert.True(open.MayHave(_nodes[id], _nodes.Values), $"{assignment} of {open.Demand}");
            Assert.False(open.Demand.NotBefore > setup.Time.GetUtcNow());
            Assert.Equal((id, true), (assignment.Ranking[0].Node, assignment.Ranking.Count <= 5));
            open.Remaining--;
            open.Owners.Add(assignment.Owner);
            _taken.Add((assignment, open.Version));
        }
    }

    private sealed class Open(Demand demand, int version, int remaining)
    {
        public Demand Demand { get; } = demand;

        public int Version { get; } = version;

        public int Remaining { get; set; } = remaining;

        public HashSet<OwnerId> Owners { get; } = [];

        public bool MayHave(DispatchNode node, IEnumerable<DispatchNode> nodes) =>
            Remaining > 0 && Fits(node) && (Demand.Only is not null || !Demand.AvoidedNodes.Contains(node.Id) || !nodes.Any(other => !Demand.AvoidedNodes.Contains(other.Id) && Fits(other)));

        private bool Fits(DispatchNode node) => node.Accepts && (Demand.Only is { } only
            ? node.Id == only
            : (Demand.Selection.Architecture ?? node.Architecture) == node.Architecture && !Owners.Contains(node.Owner) && !Demand.ExcludedOwners.Contains(node.Owner));
    }
}
