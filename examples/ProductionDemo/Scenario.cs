using Ailee.Vcp.Client;
using Ailee.Vcp.Client.Nodes;
using Ailee.Vcp.Core;
using Ailee.Vcp.ProductionDemo.Display;
using Ailee.Vcp.ProductionDemo.Fleets;
using Ailee.Vcp.ProductionDemo.Jobs;

namespace Ailee.Vcp.ProductionDemo;

/// <summary>Submits the tasks, kills agents while they work, and watches over the API until nothing runs any more.</summary>
internal sealed class Scenario(VcpClient client, Fleet fleet, Screen screen, DemoOptions options, TimeProvider time)
{
    private const int MostAtOnce = 6;
    private const int ManyTasks = 50;
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(150);
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(700);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly Commentary _commentary = new(screen, fleet.Agents, time);
    private readonly Submission _submission = new(client);
    private readonly List<Watch> _watches = [];
    private long _submitted;
    private long _moved;

    /// <returns>The tasks, all of them settled.</returns>
    /// <exception cref="DemoException">Nothing happened for too long, or a process ended by itself.</exception>
    public async Task<IReadOnlyList<Watch>> RunAsync(IReadOnlyList<Job> jobs, CancellationToken cancellationToken)
    {
        _submitted = _moved = time.GetTimestamp();
        while (true)
        {
            fleet.CheckAlive();
            var nodes = await LookAsync(cancellationToken);
            Kill(nodes);
            var view = fleet.Agents.Select(agent => (agent, nodes[agent.Id]));
            screen.Board(() => Board.Draw(screen, _watches, jobs.Count, view, _commentary.NameOf, time.GetUtcNow()));
            if (_watches.Count == jobs.Count && _watches.TrueForAll(watch => watch.IsSettled) && DeadAreNoticed(nodes))
            {
                return _watches;
            }

            await SubmitNextAsync(jobs, cancellationToken);
            await Task.Delay(Tick, time, cancellationToken);
        }
    }

    // One after the other, so that one can see what happens; many tasks need no such pause.
    private async Task SubmitNextAsync(IReadOnlyList<Job> jobs, CancellationToken cancellationToken)
    {
        var pause = _watches.Count == 0 || jobs.Count > ManyTasks ? TimeSpan.Zero : Pace;
        if (_watches.Count < jobs.Count && _watches.Count(watch => !watch.IsDecided) < MostAtOnce && time.GetElapsedTime(_submitted) >= pause)
        {
            _submitted = time.GetTimestamp();
            var job = jobs[_watches.Count];
            _watches.Add(new Watch(_watches.Count + 1, job, await _submission.SubmitAsync(job, cancellationToken)));
        }
    }

    // That may be a moment after others did their work.
    private bool DeadAreNoticed(IReadOnlyDictionary<NodeId, NodeView> nodes) => fleet.Agents.All(agent => agent.Crash is null || nodes[agent.Id].State == "offline");

    private async Task<IReadOnlyDictionary<NodeId, NodeView>> LookAsync(CancellationToken cancellationToken)
    {
        foreach (var watch in _watches.Where(watch => !watch.IsSettled))
        {
            var before = Progress(watch);
            watch.View = await client.GetTaskAsync(watch.Id, null, cancellationToken);
            _moved = Progress(watch) == before ? _moved : time.GetTimestamp();
            _commentary.Tell(watch);
        }

        if (time.GetElapsedTime(_moved) > Patience)
        {
            throw new DemoException($"Nothing happened for {Patience.TotalSeconds} s.");
        }

        var nodes = await fleet.ViewsAsync(client, cancellationToken);
        _commentary.Tell(nodes);
        return nodes;
    }

    // In the middle of its work: the server says that it has the lease, and its own last heartbeat that a guest runs.
    private void Kill(IReadOnlyDictionary<NodeId, NodeView> nodes)
    {
        foreach (var watch in _watches.Where(watch => watch is { Job.IsLong: true, IsDecided: false }))
        {
            foreach (var attempt in watch.View.Attempts.Where(attempt => attempt.State == "running"))
            {
                var agent = fleet.Agents.FirstOrDefault(agent => agent.Id.ToString() == attempt.Node && agent is { Lies: false, Crash: null });
                if (agent is not null && fleet.Agents.Count(each => each.Crash is not null) < options.Crash && nodes[agent.Id].Telemetry?.Running > 0)
                {
                    agent.Crash = new Crash(watch.Id, watch.Number, attempt.Number, agent.Program.Id);
                    agent.Program.Kill();
                    _commentary.Killed(agent, agent.Crash);
                }
            }
        }
    }

    private static string Progress(Watch watch) => $"{watch.View.State} {string.Join(' ', watch.View.Attempts.Select(attempt => attempt.State))}";
}
