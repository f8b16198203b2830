using System.Globalization;
using Ailee.Vcp.Client;
using Ailee.Vcp.ProductionDemo.Display;
using Ailee.Vcp.ProductionDemo.Fleets;
using Ailee.Vcp.ProductionDemo.Jobs;
using Ailee.Vcp.ProductionDemo.Proofs;

namespace Ailee.Vcp.ProductionDemo;

/// <summary>The demo from its start to its end. Whatever happens, its processes are ended and its directory is removed.</summary>
internal sealed class Demo(DemoOptions options, TimeProvider time)
{
    private readonly Screen _screen = new(time);

    /// <returns>Whether everything that it claims held.</returns>
    public async Task<bool> RunAsync(CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        using var directory = new TemporaryDirectory(options.Keep);
        using var fleet = new Fleet(directory.Path, time);
        var jobs = Task.Run(() => Catalogue.Jobs(options.Tasks), cancellationToken);

        var (server, honest) = (await StartServerAsync(fleet, directory.Path, cancellationToken), options.Nodes - options.Byzantine);
        using var http = VcpClient.CreateHttp(server, null);
        var client = new VcpClient(http);
        await fleet.StartAgentsAsync(client, server, honest, options.Byzantine, cancellationToken);
        _screen.Event($"{string.Join(", ", fleet.Agents.Select(agent => agent.Lies ? $"[red]{agent.Name}[/]" : agent.Name))} joined and are online");

        Introduce();
        IReadOnlyList<Watch> watches = [];
        var scenario = new Scenario(client, fleet, _screen, options, time);
        await _screen.WithBoardAsync(async () => watches = await scenario.RunAsync(await jobs, cancellationToken));

        _screen.Chapter("What came of it", "Everything that can be had is taken home now: results, proofs, certificates, the ledger.");
        var findings = await Findings.CollectAsync(client, fleet, watches, cancellationToken);
        fleet.Dispose();
        _screen.Event("the server and all agents are off; from here on nothing is asked of anybody");
        var check = OfflineCheck.Run(findings.Dossier);
        var flipped = OfflineCheck.FlipEveryByte(findings.Dossier);
        Summary.Nodes(_screen, findings, check);
        if (check.Lies.Count > 0)
        {
            _screen.Chapter("Who said something else", "Each of these is well signed, by a node that was enrolled. Only the others' word tells that it is false.");
            Summary.Divergences(_screen, check, id => fleet.Agents.Single(agent => agent.Id == id).Name);
        }

        var claims = Judgement.Of(options, findings, check, flipped);
        _screen.Chapter("What held");
        Summary.Claims(_screen, claims);
        _screen.Line();
        _screen.Line(string.Create(CultureInfo.InvariantCulture, $"{(claims.AllHold ? "[bold green]All of it.[/]" : "[bold red]NOT all of it.[/]")} [grey]{time.GetElapsedTime(began).TotalSeconds:0} s.{(options.Keep ? $" Kept in {directory.Path}" : string.Empty)}[/]"));
        return claims.AllHold;
    }

    private async Task<Uri> StartServerAsync(Fleet fleet, string directory, CancellationToken cancellationToken)
    {
        _screen.Chapter(
            $"A server and {options.Nodes} agents",
            "Each is a process of its own. Each agent has a key and an owner, and joins with a one-time token.",
            $"Their data, keys and logs are in {directory}.");
        var server = await fleet.StartServerAsync(cancellationToken);
        _screen.Event($"the server listens on {server}");
        return server;
    }

    private void Introduce()
    {
        List<string> words = ["Three owners run each task, and two must agree to the last instruction. The long task is run by two."];
        if (options.Crash > 0)
        {
            words.Add($"{(options.Crash == 1 ? "One agent is" : $"{options.Crash} agents are")} killed in the middle of a task (kill -9). The server has to notice by itself.");
        }

        if (options.Byzantine > 0)
        {
            words.Add($"[red]{(options.Byzantine == 1 ? "mallory lies" : $"{options.Byzantine} liars lie")}[/]: a false output, all else made to fit, well signed. Nothing else here is made up.");
        }

        words.Add("[yellow]●[/] runs   [blue]◆[/] has answered   [green]✓[/] agrees   [red]✗[/] differs   [magenta]†[/] dead");
        _screen.Chapter($"{options.Tasks} tasks", words);
    }
}
