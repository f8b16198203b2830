using Ailee.Vcp.Client.Nodes;
using Ailee.Vcp.Client.Tasks;
using Ailee.Vcp.Core;
using Ailee.Vcp.ProductionDemo.Fleets;
using Ailee.Vcp.ProductionDemo.Jobs;
using Spectre.Console;

namespace Ailee.Vcp.ProductionDemo.Display;

/// <summary>Says in a line what happened between two looks at the server. Not thread-safe.</summary>
internal sealed class Commentary(Screen screen, IReadOnlyList<Agent> agents, TimeProvider time)
{
    private readonly Dictionary<NodeId, string> _states = [];
    private readonly HashSet<(int Task, int Attempt, string What)> _said = [];

    public string NameOf(string node) => agents.FirstOrDefault(agent => agent.Id.ToString() == node)?.Name ?? node;

    public void Killed(Agent agent, Crash crash) =>
        screen.Event($"[magenta]kill -9 {crash.Process}[/]: {agent.Name} is dead in the middle of task {crash.Number}. Nobody tells the server.");

    /// <summary>What is new about a task.</summary>
    public void Tell(Watch watch)
    {
        // On the board it is seen.
        if (!screen.IsLive && Say(watch, 0, "submitted"))
        {
            screen.Event($"task {watch.Number} is submitted: {Markup.Escape($"{watch.Job.Guest}, {watch.Job.Title}")}");
        }

        foreach (var attempt in watch.View.Attempts)
        {
            Tell(watch, attempt);
        }

        if (!screen.IsLive && watch.IsSettled && Say(watch, 0, "settled"))
        {
            screen.Event($"task {watch.Number} is {watch.View.State}: {TaskRow.Nodes(watch, NameOf)}   {TaskRow.Status(watch, time.GetUtcNow())}");
        }
    }

    /// <summary>What is new about the nodes.</summary>
    public void Tell(IReadOnlyDictionary<NodeId, NodeView> views)
    {
        foreach (var (node, view) in views)
        {
            if (_states.TryGetValue(node, out var before) && before != view.State)
            {
                screen.Event($"{Board.Mark(view.State)} {Markup.Escape(view.Name)} is {view.State}{(view.StandingReason is { } reason ? $": {Markup.Escape(reason)}" : string.Empty)}");
            }

            _states[node] = view.State;
        }
    }

    private void Tell(Watch watch, TaskAttempt attempt)
    {
        var name = Markup.Escape(NameOf(attempt.Node));
        if (attempt.State == "expired" && Say(watch, attempt.Number, "expired"))
        {
            screen.Event($"[magenta]†[/] the lease of {name} on task {watch.Number} is over: it was not heard of any more");
        }

        if (attempt.Number > watch.View.Assurance.Replicas && Say(watch, attempt.Number, "more"))
        {
            screen.Event($"[blue]+[/] {name} is asked for task {watch.Number} too: a vote is missing");
        }

        if (watch.Agrees(attempt.Node) == false && Say(watch, attempt.Number, "differs"))
        {
            var late = attempt.Reason == "late-diverges" ? "after the decision, and alone" : "and outvoted";
            screen.Event($"[red]✗ {name} says something else on task {watch.Number}[/]: well signed, {late}");
        }
    }

    private bool Say(Watch watch, int attempt, string what) => _said.Add((watch.Number, attempt, what));
}
