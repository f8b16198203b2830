using System.CommandLine;

namespace Ailee.Vcp.ProductionDemo;

/// <summary>What the demo is asked for.</summary>
/// <param name="Nodes">Agents, each of an owner of its own. Range 2 to 16.</param>
/// <param name="Tasks">Tasks to run. Range 1 to 1000.</param>
/// <param name="Byzantine">How many of the agents lie.</param>
/// <param name="Crash">How many of the others are killed while they work.</param>
/// <param name="Keep">Whether the temporary directory stays.</param>
internal sealed record DemoOptions(int Nodes, int Tasks, int Byzantine, int Crash, bool Keep)
{
    /// <summary>What is wrong, in a sentence; null if nothing is.</summary>
    public string? Problem()
    {
        var left = Nodes - Byzantine - Crash;
        return Nodes is < 2 or > 16 ? "--nodes must be 2 to 16."
            : Tasks is < 1 or > 1000 ? "--tasks must be 1 to 1000."
            : Byzantine < 0 || Crash < 0 ? "--byzantine and --crash must not be negative."
            : left < 2 ? $"Two honest owners must be left to agree, and of {Nodes} nodes {Byzantine} would lie and {Crash} crash: at least {Byzantine + Crash + 2} nodes are needed."
            : left <= Byzantine ? $"Honest owners must outnumber liars, and of {Nodes} nodes {Byzantine} would lie and {Crash} crash: at least {(2 * Byzantine) + Crash + 1} nodes are needed."
            : Byzantine > 0 && Tasks < Nodes ? $"Every liar should be asked: with {Nodes} nodes at least {Nodes} tasks are needed."
            : null;
    }

    /// <summary>The root command, which calls <paramref name="run"/> with what was asked for.</summary>
    public static RootCommand Command(Func<DemoOptions, CancellationToken, Task<int>> run)
    {
        var nodes = Number("--nodes", 5, "Agents, each a process with a key and an owner of its own. 2 to 16.");
        var tasks = Number("--tasks", 10, "Tasks to run. 1 to 1000.");
        var byzantine = Number("--byzantine", 1, "How many of the agents lie about every result.");
        var crash = Number("--crash", 1, "How many of the others are killed while they work.");
        var keep = new Option<bool>("--keep") { Description = "Keep the temporary directory: data, keys and logs." };
        var command = new RootCommand("Start a real server and real agents here, have them run tasks by quorum, kill one, let one lie, and check everything.") { nodes, tasks, byzantine, crash, keep };
        DemoOptions Read(ParseResult result) => new(result.GetValue(nodes), result.GetValue(tasks), result.GetValue(byzantine), result.GetValue(crash), result.GetValue(keep));
        command.SetAction((result, cancellationToken) => run(Read(result), cancellationToken));
        return command;
    }

    private static Option<int> Number(string name, int usual, string description) => new(name) { Description = description, DefaultValueFactory = _ => usual };
}
