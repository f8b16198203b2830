using System.Globalization;
using Ailee.Vcp.Crash.Checks;
using Ailee.Vcp.Crash.Faults;
using Ailee.Vcp.Crash.Hosting;
using Ailee.Vcp.Crash.Nodes;
using Ailee.Vcp.Crash.Steps;

namespace Ailee.Vcp.Crash;

/// <summary>
/// Servers as processes of their own, killed by SIGKILL before an operation or in the middle of a write. That shows that what
/// <see cref="ServerLife"/> does to servers within this process is what really happens to them. What is left is checked in the same way.
/// </summary>
internal sealed class ProcessRun(CrashOptions options, string directory, string library) : IDisposable
{
    private const int ChainLength = 10;

    private static readonly TimeSpan LongestStep = TimeSpan.FromSeconds(120);

    // Of a start on a directory that is there, and of a step: more than the shortest have, so that some are killed after it.
    private const int StartOperations = 20;
    private const int StepOperations = 60;

    private readonly NodeMachine _machine = new();
    private readonly ErrorLog _log = new();
    private readonly CrashCounts _counts = new();

    public async Task<CrashCounts> RunAsync()
    {
        var random = new Random(options.Seed);
        var steps = AllSteps.List.Where(step => step is { Start: StartKind.None, Stops: false, IsInside: false }).ToArray();
        var world = new World(_machine, random);
        var root = string.Empty;
        for (var number = 0; number < options.Processes; number++)
        {
            if (number % ChainLength == 0)
            {
                random.Shuffle(steps);
                world.Dispose();
                world = new World(_machine, random);
                root = Path.Combine(directory, number.ToString(CultureInfo.InvariantCulture), "root");
                Directory.CreateDirectory(Path.Combine(root, "guard"));
                Directory.CreateDirectory(ServerArguments.BackupsOf(root));
            }

            await CrashAsync(world, steps[number % steps.Length], root, number, random);
        }

        world.Dispose();
        return _counts;
    }

    public void Dispose() => _machine.Dispose();

    private async Task CrashAsync(World world, Step step, string root, int number, Random random)
    {
        var fault = new Fault(random.Next(3) == 0 ? "killed process, torn write" : "killed process", FaultKind.Kill) { Torn = random.Next(256) };
        var place = "no operation";
        try
        {
            place = await KillAsync(world, step, fault, root, random);
            await using var server = await RunningServer.StartAsync(root, _log);
            world.Connect(server.Http, server);
            await AfterCrash.CheckAsync(world, server, root);
        }
        catch (Exception exception)
        {
            _counts.Fail();
            Console.WriteLine($"FAILED --seed {options.Seed} --processes {options.Processes}: process {number}, {step.Name}, {fault.Name} at {place}: {exception}");
        }
    }

    private async Task<string> KillAsync(World world, Step step, Fault fault, string root, Random random)
    {
        var path = Path.Combine(directory, "control");
        FaultControl.Create(path, 1L << 28);
        using var control = new FaultControl(path);
        control.Watch(root, syncs: true);
        var inStart = random.Next(5) == 0;
        if (inStart)
        {
            control.Arm(fault, random.Next(1, StartOperations));
        }

        using var server = await KilledServer.StartAsync(root, path, library);
        if (control.Process == 0)
        {
            throw new InvalidOperationException("The shim is not loaded.");
        }

        var before = 0L;
        if (server.Http is not null)
        {
            world.Connect(server.Http, null);
            using var end = new CancellationTokenSource(LongestStep);
            try
            {
                await step.Prepare(world, end.Token);
                before = control.Operations;
                control.Arm(fault, before + random.Next(1, StepOperations));
                await step.Run(world, end.Token);
            }
            catch (HttpRequestException) when (control.Fired > 0)
            {
                // Killed before the answer.
            }
        }

        var code = await server.KillAsync();
        CheckException.Unless(code == 137, $"The process ended with {code}.");
        _counts.Add(new CrashResult(server.Http is null ? "start" : step.Name, fault.Name, control.Fired == 0 ? 0 : control.Fired - before, control.FiredType, false), TimeSpan.Zero);
        return $"operation {control.Fired - before}, {control.FiredType}";
    }
}
